/** Time and chance, so that tests can hold them still. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

export interface Ids {
  /** A new UUID of version 7. */
  next(): string;
  /** Random lower-case letters and digits. */
  word(length: number): string;
}
