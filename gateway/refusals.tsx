/** The one place where an error becomes a status, a problem document, a page or a frame. */
import type { Context } from "hono";
import { ChatError, type ChatErrorCode } from "#domain/errors.ts";
import type { EventId } from "#domain/ids.ts";
import type { Chrome } from "#views/chrome.ts";
import { ProblemPage } from "#views/pages/problem-page.tsx";
import { withNext } from "#views/pages/sign-in-page.tsx";
import { versionTag } from "./api/negotiate.ts";
import type { GatewayEnv } from "./app-env.ts";
import { HttpProblem } from "./http-problem.ts";
import { errorFields, type Log } from "./log.ts";
import { page } from "./page.tsx";
import { rateLimitHeaders } from "./rate-limit-headers.ts";

export const statuses = {
  invalid: 422,
  unauthenticated: 401,
  forbidden: 403,
  "not-found": 404,
  conflict: 409,
  changed: 412,
  "too-large": 413,
  "rate-limited": 429,
  unavailable: 503,
} as const satisfies Record<ChatErrorCode, number>;

export const titles: Readonly<Record<string, string>> = {
  invalid: "That isn't valid",
  unauthenticated: "Sign in first",
  forbidden: "Not open to you",
  "not-found": "Not found",
  conflict: "Already taken",
  changed: "Changed in the meantime",
  "too-large": "Too large",
  "rate-limited": "Too many requests",
  unavailable: "Not available right now",
  malformed: "Not understood",
  "cross-origin": "Not from here",
  "method-not-allowed": "Not possible here",
  "not-acceptable": "Not available in that form",
  "unsupported-media-type": "Not understood",
  internal: "Something went wrong",
};

/** How long a caller waits before it tries again when we don't know better. */
const defaultRetryMs = 2_000;

export interface Refusal {
  readonly status: 400 | 401 | 403 | 404 | 405 | 406 | 409 | 412 | 413 | 415 | 422 | 429 | 500 | 503;
  readonly code: string;
  readonly title: string;
  readonly sentence: string;
  readonly field: string | undefined;
  readonly current?: ChatError["current"];
  readonly headers: Readonly<Record<string, string>>;
}

/** Anything that is neither a ChatError nor an HttpProblem is our bug: it is logged here, once, and told without detail. */
export function refusalOf(error: unknown, log: Log, requestId: string): Refusal {
  if (error instanceof ChatError) {
    if (error.code === "unavailable") log.warn("unavailable", { requestId, ...errorFields(error) });
    const retry = error.retryAfterMs ?? (error.code === "unavailable" ? defaultRetryMs : undefined);
    return {
      status: statuses[error.code],
      code: error.code,
      title: titles[error.code] ?? error.code,
      sentence: error.message,
      field: error.field,
      current: error.current,
      headers: {
        ...(error.current === undefined ? {} : { ETag: versionTag(error.current.version) }),
        ...(retry === undefined ? {} : { "Retry-After": String(Math.max(1, Math.ceil(retry / 1000))) }),
        ...(error.limit === undefined ? {} : rateLimitHeaders(error.limit.limit, error.limit.taken)),
      },
    };
  }
  if (error instanceof HttpProblem) {
    const { status, code, message, headers } = error;
    return { status, code, title: titles[code] ?? code, sentence: message, field: undefined, headers };
  }
  log.error("unexpected error", { requestId, ...errorFields(error) });
  const sentence = `That is our fault, not yours. If it happens again, tell the operator this number: ${requestId}.`;
  return { status: 500, code: "internal", title: titles.internal ?? "", sentence, field: undefined, headers: {} };
}

/** RFC 9457 problem details. `code` is stable, `detail` is for people. */
export function refuseAsProblem(c: Context<GatewayEnv>, refusal: Refusal): Response {
  const { status, code, title, sentence, field, current, headers } = refusal;
  const requestId = c.get("requestId");
  const body = { type: "about:blank", title, status, code, detail: sentence, requestId, field, current };
  const challenge = status === 401 ? { "WWW-Authenticate": 'Bearer realm="superchat"' } : {};
  return c.body(JSON.stringify(body), status, { "Content-Type": "application/problem+json", ...challenge, ...headers });
}

/** @param chrome what surrounds the page */
export async function refuseAsPage(
  c: Context<GatewayEnv>,
  refusal: Refusal,
  chrome: (c: Context<GatewayEnv>) => Promise<Chrome>,
): Promise<Response> {
  const { status, title, sentence, headers } = refusal;
  const requestId = c.get("requestId");
  if (status !== 401) {
    return page(c, ProblemPage({ chrome: await chrome(c), status, title, sentence, requestId }), status, headers);
  }
  const { method, url } = c.req;
  const isRead = method === "GET" || method === "HEAD";
  const signInHref = withNext("/sign-in", isRead ? pathOf(url) : refererPath(c), c.get("ended") && "ended");
  if (isRead) return c.redirect(signInHref, 303);
  const action = { href: signInHref, label: "Sign in" };
  return page(c, ProblemPage({ chrome: await chrome(c), status, title, sentence, requestId, action }), status, headers);
}

function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

/** The page of ours that a form was sent from. */
function refererPath(c: Context<GatewayEnv>): string | undefined {
  const referer = c.req.header("referer") ?? "";
  return URL.canParse(referer) && new URL(referer).host === c.req.header("host") ? pathOf(referer) : undefined;
}

/** The answer to a frame on the page's socket. */
export function refusedFrame(id: EventId | string | undefined, refusal: Refusal): string {
  const retryAfter = refusal.headers["Retry-After"];
  const retryAfterMs = retryAfter === undefined ? undefined : Number(retryAfter) * 1000;
  const { code, sentence, field } = refusal;
  return JSON.stringify({ refused: { id, code, sentence, field, retryAfterMs } });
}
