import { expect, test } from "bun:test";
import { createFixedClock } from "#adapters/memory/clock.ts";
import { ChatError } from "#domain/errors.ts";
import type { SessionId, UserId } from "#domain/ids.ts";
import type { Session } from "#domain/session.ts";
import { openTestPorts } from "#tests/support/ports.ts";
import { openKeyRing } from "./key-ring.ts";
import { createTokens } from "./tokens.ts";

const secret = "s".repeat(48);
const hourMs = 3_600_000;
const user = { id: Bun.randomUUIDv7() as UserId, name: "ana" };
const session: Session = {
  id: Bun.randomUUIDv7() as SessionId,
  user: user.id,
  createdAt: "",
  lastSeenAt: "",
  expiresAt: "",
  device: "",
  generation: 3,
};

async function setUp() {
  const clock = createFixedClock();
  const ports = await openTestPorts({ clock });
  const options = { secret, keyLifetimeMs: 10 * hourMs, tokenLifetimeMs: hourMs };
  const ring = await openKeyRing(ports, options);
  return { clock, ports, ring, options, tokens: createTokens(ring, secret, hourMs, clock) };
}

const codeOf = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof ChatError ? error.code : error;
};

test("an access token is good until its time is up, remembered or not", async () => {
  const { clock, tokens } = await setUp();
  const { accessToken, expiresIn } = await tokens.issue({ user, session });
  expect(expiresIn).toBe(3_600);
  expect(await tokens.verify(accessToken)).toMatchObject({ user, session: session.id });
  clock.advance(hourMs - 1);
  expect(await tokens.verify(accessToken)).toMatchObject({ user });
  clock.advance(1);
  expect(await codeOf(tokens.verify(accessToken))).toBe("unauthenticated");
});

test("keys rotate; tokens of the key before stay good for their time, and the old key goes in the end", async () => {
  const { clock, ports, ring, options, tokens } = await setUp();
  const old = await tokens.issue({ user, session });
  clock.advance(10 * hourMs + 1);
  const later = await openKeyRing(ports, options);
  expect(later.newest().kid).not.toBe(ring.newest().kid);
  expect(later.jwks().keys).toHaveLength(2);
  const fresh = createTokens(later, secret, hourMs, createFixedClock());
  expect(await fresh.verify(old.accessToken)).toMatchObject({ user });
  clock.advance(12 * hourMs);
  expect((await openKeyRing(ports, options)).jwks().keys).not.toContainEqual(
    expect.objectContaining({ kid: ring.newest().kid }),
  );
});

test("a gateway that has not seen a new key yet reads it when a token names it", async () => {
  const { clock, ports, ring, options, tokens } = await setUp();
  clock.advance(10 * hourMs + 1);
  const other = createTokens(await openKeyRing(ports, options), secret, hourMs, clock);
  const { accessToken } = await other.issue({ user, session });
  expect(ring.jwks().keys).toHaveLength(1);
  expect(await tokens.verify(accessToken)).toMatchObject({ user });
});

test("gateways that rotate together make one key", async () => {
  const { ports, options, clock } = await setUp();
  clock.advance(10 * hourMs + 1);
  const rings = await Promise.all([1, 2, 3].map(() => openKeyRing(ports, options)));
  expect(new Set(rings.map((ring) => ring.newest().kid)).size).toBe(1);
});

test("keys are kept sealed: another secret does not open them", async () => {
  const { ports, options } = await setUp();
  expect(JSON.stringify(await ports.keys.list())).not.toContain('"d"');
  await expect(openKeyRing(ports, { ...options, secret: "t".repeat(48) })).rejects.toThrow("JWT_SECRET");
});

test("a refresh token is one per generation and bound to its session", async () => {
  const { tokens } = await setUp();
  const { refreshToken } = await tokens.issue({ user, session });
  expect((await tokens.issue({ user, session })).refreshToken).toBe(refreshToken);
  expect(tokens.parseRefresh(refreshToken)).toEqual({ session: session.id, generation: 3 });
  expect(() => tokens.parseRefresh(refreshToken.replace(".3.", ".4."))).toThrow(ChatError);
  expect(() => tokens.parseRefresh(refreshToken.replace(session.id, Bun.randomUUIDv7()))).toThrow(ChatError);
});
