/**
 * Secrets of webhooks: made here and shown once. The one in an incoming hook's address is kept as a hash, as tokens are; the one that
 * signs what an outgoing hook sends is kept sealed, because it is needed again.
 */
import { randomBytes } from "node:crypto";
import { hashOfSecret } from "./program-secrets.ts";
import { createHookSealer } from "./sealer.ts";

/** By this people and secret scanners know such a secret when they see one. */
const incomingPrefix = "superchat_hook_";
const incomingShape = /^superchat_hook_[A-Za-z0-9_-]{43}$/;
/** As Standard Webhooks writes them. */
const outgoingPrefix = "whsec_";
const secretBytes = 32;

export interface HookSecrets {
  makeIncoming(): { readonly secret: string; readonly hash: string };
  makeOutgoing(): Promise<{ readonly secret: string; readonly sealed: string }>;
  /** Undefined for what can't be the secret of an incoming hook. */
  hashOf(secret: string): string | undefined;
}

/** @param communitySecret seals; the same in whichever process unseals */
export async function createHookSecrets(communitySecret: string): Promise<HookSecrets> {
  const sealer = await createHookSealer(communitySecret);
  return {
    makeIncoming() {
      const secret = `${incomingPrefix}${randomBytes(secretBytes).toString("base64url")}`;
      return { secret, hash: hashOfSecret(secret) };
    },
    async makeOutgoing() {
      const secret = `${outgoingPrefix}${randomBytes(secretBytes).toString("base64")}`;
      return { secret, sealed: await sealer.seal(secret) };
    },
    hashOf: (secret) => (incomingShape.test(secret) ? hashOfSecret(secret) : undefined),
  };
}
