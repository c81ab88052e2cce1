/** Headers of a delivery as the Standard Webhooks specification 1.0 has them, https://www.standardwebhooks.com. */
import { createHmac } from "node:crypto";

const secretPrefix = "whsec_";

/** @param secret whsec_ and the key in base64 */
export function signedHeaders(
  secret: string,
  id: string,
  body: string,
  nowMs: number,
): Readonly<Record<string, string>> {
  const timestamp = Math.floor(nowMs / 1_000);
  const key = Buffer.from(secret.slice(secretPrefix.length), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return {
    "Content-Type": "application/json",
    "User-Agent": "Superchat-Webhooks/1",
    "webhook-id": id,
    "webhook-timestamp": `${timestamp}`,
    "webhook-signature": `v1,${signature}`,
  };
}
