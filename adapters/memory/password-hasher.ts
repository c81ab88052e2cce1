/** Passwords "hashed" by writing a word before them: instant, for tests. Must never meet a password somebody uses. */
import type { PasswordHasher } from "#domain/ports/index.ts";

const mark = "not-hashed:";

export function createPlainPasswordHasher(): PasswordHasher {
  return {
    hash: async (password) => mark + password,
    verify: async (password, hash) => hash === mark + password,
  };
}
