/** The whole HTTP API: every operation, and the document that describes them. */
import { Hono } from "hono";
import { etagOf, hasAlready } from "../../api/negotiate.ts";
import { openapiDocument } from "../../api/openapi.ts";
import type { Operation } from "../../api/operation.ts";
import { takeNothingElse } from "../../api/serve.ts";
import type { GatewayEnv, Parts } from "../../app-env.ts";
import { accountOperations } from "./accounts.ts";
import { changeOperations } from "./changes.ts";
import { hookOperations } from "./hooks.ts";
import { invitationOperations } from "./invitations.ts";
import { messageOperations } from "./messages.ts";
import { roomOperations } from "./rooms.ts";
import { tokenOperations } from "./tokens.ts";

export function apiOperations(parts: Parts): readonly Operation[] {
  return [
    ...accountOperations(parts),
    ...tokenOperations(parts),
    ...roomOperations(parts),
    ...invitationOperations(parts),
    ...messageOperations(parts),
    ...changeOperations(parts),
    ...hookOperations(parts),
  ];
}

const openapiPath = "/api/openapi.json";

export function openapiRoutes(operations: readonly Operation[]): Hono<GatewayEnv> {
  const text = JSON.stringify(openapiDocument(operations));
  const etag = etagOf(text);
  const app = new Hono<GatewayEnv>();
  app.get(openapiPath, (c) => {
    c.header("ETag", etag);
    c.header("Cache-Control", "public, no-cache");
    if (hasAlready(c.req.header("if-none-match"), etag)) return c.body(null, 304);
    return c.body(c.get("bodyOf")(text), 200, { "Content-Type": "application/json" });
  });
  takeNothingElse(app, openapiPath, ["GET"]);
  return app;
}
