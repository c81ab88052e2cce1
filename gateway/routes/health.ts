/** For balancers and orchestrators: is the process alive, and can it work right now. */
import { Hono } from "hono";
import type { GatewayEnv, Parts } from "../app-env.ts";
import { errorFields } from "../log.ts";

export interface Readiness {
  /** Rejects while something needed for work is missing, or while the gateway is stopping. */
  ready(): Promise<void>;
}

export function healthRoutes(parts: Pick<Parts, "log" | "ring">, readiness: Readiness): Hono<GatewayEnv> {
  const app = new Hono<GatewayEnv>();
  app.get("/healthz", (c) => c.json({ status: "ok" }));
  app.get("/readyz", async (c) => {
    try {
      await readiness.ready();
      return c.json({ status: "ready" });
    } catch (error) {
      parts.log.warn("not ready", errorFields(error));
      return c.json({ status: "not ready" }, 503);
    }
  });
  app.get("/.well-known/jwks.json", (c) => c.json(parts.ring.jwks(), 200, { "Cache-Control": "public, max-age=60" }));
  return app;
}
