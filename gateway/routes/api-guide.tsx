/** The guide to the API, for anybody: a page like the others, made from the OpenAPI document. */
import { Hono } from "hono";
import { LRUCache } from "lru-cache";
import { ApiPage, callsOf } from "#views/pages/api-page.tsx";
import { guideOf } from "../api/guide.ts";
import { openapiDocument } from "../api/openapi.ts";
import { takeNothingElse } from "../api/serve.ts";
import type { GatewayEnv, Parts } from "../app-env.ts";
import { memberChrome } from "../chrome.ts";
import { page } from "../page.tsx";
import { publicOrigin } from "../reached-by.ts";
import { apiOperations } from "./api/operations.ts";

const guidePath = "/api/docs";
/** Whoever asks says under which address. */
const keptOrigins = 8;

export function apiGuideRoutes(parts: Parts): Hono<GatewayEnv> {
  const app = new Hono<GatewayEnv>();
  const document = openapiDocument(apiOperations(parts));
  const kept = new LRUCache<string, { overview: string; calls: string }>({ max: keptOrigins });
  const guideAt = (origin: string) => {
    const guide = guideOf(document, origin);
    return { overview: guide.overview, calls: callsOf(guide) };
  };
  app.get(guidePath, async (c) => {
    const chrome = c.get("caller") === undefined ? c.get("chrome")() : await memberChrome(parts.ports, c);
    const origin = publicOrigin(parts.config, c.req.raw.headers, c.req.url);
    const guide = kept.get(origin) ?? guideAt(origin);
    kept.set(origin, guide);
    return page(c, ApiPage({ chrome, ...guide }));
  });
  takeNothingElse(app, guidePath, ["GET"]);
  return app;
}
