/**
 * Where a request came from, for limits: the peer, or what our own proxy in front says. Of IPv6 it is the network of 64 bits, because that
 * is what one customer has: their machines choose among its addresses as they like.
 */
import { isIPv4, isIPv6 } from "node:net";
import type { GatewayContext, Parts } from "./app-env.ts";
import type { Log } from "./log.ts";

/** The last entry is the one our own proxy added; those before it are the client's word. */
export function clientAddress({ config, log }: Pick<Parts, "config" | "log">, c: GatewayContext): string {
  const forwarded = c.req.header("x-forwarded-for")?.split(",").at(-1);
  const peer = c.env.server?.requestIP(c.req.raw)?.address ?? "";
  if (forwarded !== undefined && !config.trustProxy) warnOfProxy(peer, log);
  const told = config.trustProxy && forwarded !== undefined ? networkOf(forwarded) : undefined;
  return told ?? networkOf(peer) ?? "unknown";
}

/** The same for whoever signs in or up, and what stands for it in the store: a hash, because the store need not know where people are. */
export function entryPlace(parts: Pick<Parts, "config" | "log" | "tokens">, c: GatewayContext) {
  const address = clientAddress(parts, c);
  return { address, place: parts.tokens.placeOf(address) };
}

/** @returns undefined for what is no address; else the same for all ways to write one, with a port or without */
export function networkOf(raw: string): string | undefined {
  const text = raw.trim();
  const bare = /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+)(?::\d+)?$/.exec(text)?.[1] ?? text;
  if (isIPv4(bare)) return bare;
  const address = bare.replace(/%.*$/s, "");
  if (!isIPv6(address)) return undefined;
  const groups = groupsOf(address);
  const [fifth = 0, sixth = 0, seventh = 0, eighth = 0] = groups.slice(4);
  const isMapped = groups.slice(0, 4).every((group) => group === 0) && fifth === 0 && sixth === 0xffff;
  if (isMapped) return [seventh >> 8, seventh & 255, eighth >> 8, eighth & 255].join(".");
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(":")}::/64`;
}

/** All eight. URL writes an address in its one canonical form, without dots. */
function groupsOf(address: string): readonly number[] {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [front = [], back = []] = canonical.split("::").map((part) => part.split(":").filter((group) => group !== ""));
  const zeros = new Array<string>(8 - front.length - back.length).fill("0");
  return [...front, ...zeros, ...back].map((group) => Number.parseInt(group, 16));
}

const warned = new WeakSet<Log>();

/** Once: every limit by address would count all people as one. */
function warnOfProxy(peer: string, log: Log): void {
  if (warned.has(log) || !isPrivate(peer)) return;
  warned.add(log);
  log.warn("requests come through a proxy that is not trusted: limits count all who come through it as one address", {
    proxy: peer,
    advice: "If this proxy is yours and sets X-Forwarded-For itself, set TRUST_PROXY=on.",
  });
}

/** Nobody from the internet: this machine, a container's network, a home or office. */
export function isPrivate(address: string): boolean {
  const network = networkOf(address) ?? "";
  return /^(?:127\.|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|0:0:0:0::|f[cd]|fe[89ab])/.test(network);
}
