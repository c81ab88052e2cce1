import { describe, expect, test } from "bun:test";
import { isPrivate, networkOf } from "./client-address.ts";

describe("the address that limits go by", () => {
  test.each([
    ["203.0.113.9", "203.0.113.9"],
    ["203.0.113.9:50123", "203.0.113.9"],
    [" 203.0.113.9:1 ", "203.0.113.9"],
    ["::ffff:203.0.113.9", "203.0.113.9"],
    ["::ffff:cb00:7109", "203.0.113.9"],
    ["[::ffff:203.0.113.9]:443", "203.0.113.9"],
    ["0:0:0:0:0:FFFF:203.0.113.9", "203.0.113.9"],
    ["2001:db8:1:2::1", "2001:db8:1:2::/64"],
    ["2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"],
    ["[2001:db8:1:2:3::4]:50123", "2001:db8:1:2::/64"],
    ["[2001:db8:1:2:3::4]", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
  ])("of %s is %s", (written, network) => {
    expect(networkOf(written)).toBe(network);
  });

  test.each([
    "",
    "unknown",
    "_hidden",
    "203.0.113",
    "203.0.113.9.1",
    "a:b",
    "[::1",
    "203.0.113.9 x",
    "2001:db8::1::2",
    "999.1.1.1",
  ])("is not %j", (written) => {
    expect(networkOf(written)).toBeUndefined();
  });

  test("tells neighbours from strangers", () => {
    expect(networkOf("2001:db8:1:2::1")).not.toBe(networkOf("2001:db8:1:3::1"));
    for (const near of ["127.0.0.1", "::1", "::ffff:10.1.2.3", "172.31.0.1", "192.168.0.1", "fd00::1", "fe80::1"]) {
      expect([near, isPrivate(near)]).toEqual([near, true]);
    }
    for (const far of ["172.32.0.1", "8.8.8.8", "2001:db8::1", "", "::ffff:8.8.8.8"]) {
      expect([far, isPrivate(far)]).toEqual([far, false]);
    }
  });
});
