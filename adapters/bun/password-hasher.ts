/** Argon2id on the runtime's threads, with a bounded number at work and in the queue: hashing is the cheapest way to overload a server. */
import { ChatError } from "#domain/errors.ts";
import type { PasswordHasher } from "#domain/ports/index.ts";
import { createTurns } from "#domain/turns.ts";

/** OWASP's minimum for argon2id: 19 MiB, 2 passes; the runtime uses 1 lane. */
const argon2id = { algorithm: "argon2id", memoryCost: 19_456, timeCost: 2 } as const;

/** Most hashes computed at the same time: each takes 19 MiB and a core. */
export const maxHashing = 4;
/** Most that wait for their turn; further ones are refused at once. */
export const maxWaiting = 200;
const retryAfterMs = 2_000;

/** Made with the parameters above from a random password nobody knows. What is verified against it takes as long as any other. */
export const absentHash =
  "$argon2id$v=19$m=19456,t=2,p=1$wDCeyoJT8d3ONZWkSMfUGnGaTFiFFQdLi92HTx5CuIs$dBxqdkLjJuHAN9cuirTDmWD6VBbvsrg2rBmDpkEWw/w";

export function createBunPasswordHasher(): PasswordHasher {
  const inTurn = createTurns(maxHashing, (waiting) => {
    if (waiting < maxWaiting) return;
    throw new ChatError("unavailable", "Too many people are signing in at once; try again in a moment.", {
      retryAfterMs,
    });
  });

  return {
    hash: (password) => inTurn(() => Bun.password.hash(password, argon2id)),
    async verify(password, hash) {
      const matches = await inTurn(() => Bun.password.verify(password, hash ?? absentHash));
      return matches && hash !== undefined;
    },
  };
}
