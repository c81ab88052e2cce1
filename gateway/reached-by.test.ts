import { expect, test } from "bun:test";
import { isReachedSecurely, publicOrigin } from "./reached-by.ts";

const at = "http://chat.example:8080/rooms/lobby";
const told = (proto?: string) => new Headers(proto === undefined ? {} : { "x-forwarded-proto": proto });

test.each([
  ["https", true],
  ["HTTPS", true],
  ["https, http", true],
  ["https,http,http", true],
  [" https ", true],
  ["http", false],
  ["http, https", false],
  ["", false],
  ["httpsx", false],
] as const)("X-Forwarded-Proto %j of a trusted proxy", (proto, secure) => {
  const config = { trustProxy: true, publicUrl: undefined };
  expect(isReachedSecurely(config, told(proto), at)).toBe(secure);
  expect(publicOrigin(config, told(proto), at)).toBe(`${secure ? "https" : "http"}://chat.example:8080`);
  expect(isReachedSecurely({ ...config, trustProxy: false }, told(proto), at)).toBe(false);
});

test("PUBLIC_URL says it for all", () => {
  const config = { trustProxy: false, publicUrl: "https://chat.example.org/" };
  expect(isReachedSecurely(config, told(), at)).toBe(true);
  expect(publicOrigin(config, told(), at)).toBe("https://chat.example.org");
});
