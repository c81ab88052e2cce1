import { expect, test } from "bun:test";
import type { UserId } from "./ids.ts";
import { isPasswordOf, preparedPassword } from "./password.ts";
import type { Credentials, PasswordHasher } from "./ports/index.ts";

const composed = "caf\u00E9 au lait";
const decomposed = "cafe\u0301 au lait";
const id = "ana" as UserId;

function world(passwordHash: string | undefined) {
  const account: Credentials = { user: { id, name: "ana", kind: "person", createdAt: "" }, passwordHash };
  const tried: string[] = [];
  const rehashed: string[] = [];
  const passwords: PasswordHasher = {
    hash: async (password) => `#${password}`,
    async verify(password, hash) {
      tried.push(password);
      return hash === `#${password}`;
    },
  };
  const users = {
    async rehash(_id: UserId, from: string, to: string) {
      rehashed.push(from, to);
    },
  };
  const ports = { passwords, users } as unknown as Parameters<typeof isPasswordOf>[0];
  return { account, ports, tried, rehashed };
}

test.each([
  [decomposed, composed],
  ["no\u00A0break\u3000space", "no break space"],
  ["ﬁne Ⅳ", "ﬁne Ⅳ"],
  ["\u1100\u1161", "\uAC00"],
])("%j is prepared as %j, and that as itself", (given, prepared) => {
  expect(preparedPassword(given)).toBe(prepared);
  expect(preparedPassword(prepared)).toBe(prepared);
});

test("a prepared hash is met by either form", async () => {
  for (const given of [composed, decomposed]) {
    const { account, ports, rehashed } = world(`#${composed}`);
    expect(await isPasswordOf(ports, account, given)).toBe(true);
    expect(rehashed).toEqual([]);
  }
});

test("a hash of what was given before passwords were prepared is met once more, and made anew", async () => {
  const { account, ports, rehashed } = world(`#${decomposed}`);
  expect(await isPasswordOf(ports, account, decomposed)).toBe(true);
  expect(rehashed).toEqual([`#${decomposed}`, `#${composed}`]);
});

test("how often is tried depends on the password alone, not on the account", async () => {
  for (const [given, times] of [
    ["plain", 1],
    [composed, 1],
    [decomposed, 2],
  ] as const) {
    const { account, ports, tried } = world("#another");
    expect(await isPasswordOf(ports, account, given)).toBe(false);
    expect(await isPasswordOf(ports, undefined, given)).toBe(false);
    expect(await isPasswordOf(ports, { ...account, passwordHash: undefined }, given)).toBe(false);
    expect(tried).toHaveLength(3 * times);
  }
});
