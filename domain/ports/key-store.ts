/** Signing keys, sealed (encrypted) by the gateway before they get here. */
export interface KeyRecord {
  readonly kid: string;
  readonly sealed: string;
  readonly createdAt: string;
}

export interface KeyStore {
  /** Newest first. */
  list(): Promise<readonly KeyRecord[]>;
  /** Adds a key unless one was made after `unlessNewerThan`, so that gateways that rotate together make one. @returns whether it was added */
  add(key: KeyRecord, unlessNewerThan: string): Promise<boolean>;
  removeBefore(createdAt: string): Promise<void>;
}
