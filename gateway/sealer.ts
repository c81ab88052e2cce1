/** Seals with a key made from the community's own secret (HKDF, then AES-256-GCM as a compact JWE): one key for each purpose. */
import { CompactEncrypt, compactDecrypt } from "jose";
import type { Sealer } from "#domain/ports/index.ts";

/** For secrets that sign what outgoing webhooks send. */
export async function createHookSealer(secret: string): Promise<Sealer> {
  return await createSealer(secret, "superchat outgoing webhooks");
}

/** @param purpose what is sealed for one can't be opened for another */
export async function createSealer(secret: string, purpose: string): Promise<Sealer> {
  const key = await sealingKey(secret, purpose);
  return {
    seal: async (plain) =>
      await new CompactEncrypt(new TextEncoder().encode(plain))
        .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
        .encrypt(key),
    unseal: async (sealed) => new TextDecoder().decode((await compactDecrypt(sealed, key)).plaintext),
  };
}

async function sealingKey(secret: string, purpose: string): Promise<Uint8Array> {
  const text = new TextEncoder();
  const material = await crypto.subtle.importKey("raw", text.encode(secret), "HKDF", false, ["deriveBits"]);
  const info = text.encode(purpose);
  const bits = await crypto.subtle.deriveBits(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info },
    material,
    256,
  );
  return new Uint8Array(bits);
}
