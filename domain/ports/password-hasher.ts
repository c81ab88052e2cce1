/** Slow hashing of passwords. */
export interface PasswordHasher {
  /** @throws ChatError unavailable when too many are waiting. */
  hash(password: string): Promise<string>;
  /** Takes as long for an absent hash as for a wrong password, so that names can't be told apart by time. */
  verify(password: string, hash: string | undefined): Promise<boolean>;
}
