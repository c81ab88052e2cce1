/**
 * Which addresses of the internet may be connected to: those that are of everybody. What means this machine, its network, many
 * machines or nobody is refused, unless the operator names it.
 */
import { BlockList, isIP } from "node:net";

export interface AddressRules {
  /** @param host as it stands in the address, without brackets; @param address what it stands for */
  allows(host: string, address: string): boolean;
}

/** IANA's special-purpose registry, and multicast. */
const closedIpv4 = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const;

/** Of IPv6 only this is given out to the public; inside it, these carry an address of IPv4 or mean nobody. */
const openIpv6 = ["2000::", 3] as const;
const closedIpv6 = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const;

const closed = new BlockList();
for (const [net, bits] of closedIpv4) closed.addSubnet(net, bits, "ipv4");
for (const [net, bits] of closedIpv6) closed.addSubnet(net, bits, "ipv6");
const open = new BlockList();
open.addSubnet(...openIpv6, "ipv6");

export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !closed.check(address, "ipv4");
  return family === 6 && open.check(address, "ipv6") && !closed.check(address, "ipv6");
}

/** One thing that the operator allows: a name, an address, or a range of addresses as ADDRESS/BITS. */
export const allowShape = /^(?:[a-z0-9.-]+|[0-9a-f.:]+)(?:\/\d{1,3})?$/;

/** @throws Error for what is neither a name, an address nor a range */
export function createAddressRules(allow: readonly string[] = []): AddressRules {
  const names = new Set<string>();
  const ranges = new BlockList();
  for (const each of allow) {
    const [net = "", bits] = each.toLowerCase().split("/");
    const family = isIP(net);
    if (family === 0 && bits === undefined && allowShape.test(net)) names.add(net);
    else if (family !== 0 && isBits(bits, family)) {
      ranges.addSubnet(net, Number(bits ?? (family === 4 ? 32 : 128)), family === 4 ? "ipv4" : "ipv6");
    } else throw new Error(`${each} is neither a name, an address nor a range of addresses`);
  }
  return {
    allows: (host, address) =>
      isPublicAddress(address) ||
      names.has(host.toLowerCase()) ||
      (isIP(address) !== 0 && ranges.check(address, isIP(address) === 4 ? "ipv4" : "ipv6")),
  };
}

function isBits(bits: string | undefined, family: number): boolean {
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}
