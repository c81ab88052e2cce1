/** Passwords as they are hashed: one form for what looks the same on every keyboard (RFC 8265, OpaqueString). */
import { unlessUnavailable } from "./errors.ts";
import type { Credentials, Ports } from "./ports/index.ts";

type PasswordPorts = Pick<Ports, "users" | "passwords">;

/** Some keyboards send é as one character and some as two; some send a no-break space. */
export function preparedPassword(password: string): string {
  return password.replaceAll(/\p{Zs}/gu, " ").normalize("NFC");
}

/**
 * Whether this is the password of the account. What was hashed before passwords were prepared is tried once more as it was given, and then
 * hashed anew. How much is tried depends on the password alone: an account that isn't there takes as long.
 */
export async function isPasswordOf(
  { users, passwords }: PasswordPorts,
  account: Credentials | undefined,
  given: string,
): Promise<boolean> {
  const prepared = preparedPassword(given);
  const hash = account?.passwordHash;
  if (await passwords.verify(prepared, hash)) return true;
  if (prepared === given || !(await passwords.verify(given, hash))) return false;
  if (account !== undefined && hash !== undefined)
    await unlessUnavailable(passwords.hash(prepared).then((to) => users.rehash(account.user.id, hash, to)));
  return true;
}
