/** Where a request came from, for limits: the peer, or what our own proxy in front says. */
import type { GatewayContext, Parts } from "./app-env.ts";

/** The last entry is the one our own proxy added; those before it are the client's word. */
export function clientAddress(config: Parts["config"], c: GatewayContext): string {
  const forwarded = config.trustProxy ? c.req.header("x-forwarded-for")?.split(",").at(-1)?.trim() : undefined;
  return forwarded || c.env.server?.requestIP(c.req.raw)?.address || "unknown";
}
