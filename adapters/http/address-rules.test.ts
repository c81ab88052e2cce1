import { expect, test } from "bun:test";
import { createAddressRules, isPublicAddress } from "./address-rules.ts";

const closed = [
  ...[
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
  ],
  ...["192.168.0.1", "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.8", "192.0.2.1", "198.18.0.1"],
  ...["198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"],
  ...["::", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "100::1"],
  ...[
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "2001::1",
    "2002:7f00:1::1",
    "3fff::1",
  ],
  ...["", "localhost", "127.1", "1.2.3", "fe80::1%eth0"],
];
const open = ["1.1.1.1", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "172.15.255.255", "172.32.0.1"];
const openIpv6 = ["2606:4700:4700::1111", "2a00:1450::1", "2001:4860:4860::8888", "2003::1"];

test("what is not of everybody is closed", () => {
  expect(closed.filter(isPublicAddress)).toEqual([]);
  expect([...open, ...openIpv6].filter((address) => !isPublicAddress(address))).toEqual([]);
});

test("the operator opens names, addresses and ranges, and nothing beside them", () => {
  const rules = createAddressRules(["Hooks.Internal", "10.1.0.0/16", "127.0.0.1", "fd00::/8"]);
  expect(rules.allows("hooks.internal", "192.168.7.7")).toBe(true);
  expect(rules.allows("x.hooks.internal", "192.168.7.7")).toBe(false);
  expect(rules.allows("other.example", "10.1.255.1")).toBe(true);
  expect(rules.allows("other.example", "10.2.0.1")).toBe(false);
  expect(rules.allows("127.0.0.1", "127.0.0.1")).toBe(true);
  expect(rules.allows("127.0.0.2", "127.0.0.2")).toBe(false);
  expect(rules.allows("other.example", "fd12::1")).toBe(true);
  expect(rules.allows("other.example", "fe80::1")).toBe(false);
});

test("what is none of these is not taken", () => {
  for (const wrong of ["10.0.0.0/33", "fd00::/129", "name/8", "http://x", "a b", "10.0.0.0/", "*"])
    expect(() => createAddressRules([wrong])).toThrow("neither");
});
