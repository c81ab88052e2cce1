/** The keys that sign access tokens: made at first start, rotated, and kept sealed in the store for all gateways. */
import { exportJWK, generateKeyPair, importJWK, type JSONWebKeySet, type JWK } from "jose";
import type { Ports, Sealer } from "#domain/ports/index.ts";
import { createSealer } from "./sealer.ts";

export const signingAlgorithm = "EdDSA";
/** How often a gateway looks whether it is time for a new key. */
const checkEveryMs = 10 * 60_000;
/** An unknown key id makes the ring read the store again, at most this often. */
const rereadAfterMs = 5_000;

interface Key {
  readonly kid: string;
  readonly secret: CryptoKey;
  readonly open: CryptoKey;
  readonly publicJwk: JWK;
}

export interface KeyRing {
  newest(): Key;
  byId(kid: string): Promise<Key | undefined>;
  /** All keys under which a living token may be signed (RFC 7517). */
  jwks(): JSONWebKeySet;
  close(): void;
}

export interface KeyRingOptions {
  readonly secret: string;
  readonly keyLifetimeMs: number;
  readonly tokenLifetimeMs: number;
}

export async function openKeyRing(
  ports: Pick<Ports, "keys" | "clock" | "ids">,
  options: KeyRingOptions,
): Promise<KeyRing> {
  const sealer = await createSealer(options.secret, "superchat signing keys");
  let keys: readonly Key[] = [];
  let readAt = 0;

  const read = async () => {
    readAt = ports.clock.now();
    keys = await Promise.all((await ports.keys.list()).map(({ kid, sealed }) => unseal(kid, sealed, sealer)));
  };
  const rotate = async () => {
    const now = ports.clock.now();
    const due = new Date(now - options.keyLifetimeMs).toISOString();
    const kid = ports.ids.next();
    await ports.keys.add({ kid, sealed: await newSealed(sealer), createdAt: new Date(now).toISOString() }, due);
    await ports.keys.removeBefore(new Date(now - 2 * options.keyLifetimeMs - options.tokenLifetimeMs).toISOString());
    await read();
  };
  await rotate();
  const timer = setInterval(() => void rotate().catch(() => {}), checkEveryMs);
  timer.unref();

  return {
    newest() {
      const key = keys[0];
      if (key === undefined) throw new Error("the key ring is empty");
      return key;
    },
    async byId(kid) {
      const find = () => keys.find((key) => key.kid === kid);
      if (find() === undefined && ports.clock.now() - readAt > rereadAfterMs) await read();
      return find();
    },
    jwks: () => ({ keys: keys.map((key) => key.publicJwk) }),
    close: () => clearInterval(timer),
  };
}

async function newSealed(sealer: Sealer): Promise<string> {
  const { privateKey } = await generateKeyPair(signingAlgorithm, { crv: "Ed25519", extractable: true });
  return await sealer.seal(JSON.stringify(await exportJWK(privateKey)));
}

async function unseal(kid: string, sealed: string, sealer: Sealer): Promise<Key> {
  const opened = await sealer.unseal(sealed).catch((cause) => {
    throw new Error("The signing keys in the store don't open: JWT_SECRET is not the one they were sealed with.", {
      cause,
    });
  });
  const jwk: JWK = JSON.parse(opened);
  const { d: _private, ...open } = jwk;
  const publicJwk = { ...open, kid, alg: signingAlgorithm, use: "sig" };
  const [secret, verify] = await Promise.all([
    importJWK(jwk, signingAlgorithm),
    importJWK(publicJwk, signingAlgorithm),
  ]);
  return { kid, secret: secret as CryptoKey, open: verify as CryptoKey, publicJwk };
}
