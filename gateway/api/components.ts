/** What many operations of the document share: the problem document, headers, ways to sign in; and schemas by reference. */
import { z } from "zod";
import { scopeMeanings } from "#domain/program-token.ts";
import { statuses as httpStatuses } from "../http-problem.ts";
import { statuses as chatStatuses, titles } from "../refusals.tsx";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Those that the API gives: forms are a page's business. */
const { "cross-origin": _pagesOnly, ...httpCodes } = httpStatuses;
const codes: Readonly<Record<string, number>> = { ...chatStatuses, ...httpCodes, internal: 500 };
const codeOf = new Map(Object.entries(codes).map(([code, status]) => [status, code]));

const text = (description: string, more: Record<string, Json> = {}): Json => ({ type: "string", description, ...more });
const header = (description: string, example: string): Json => ({
  description,
  schema: { type: "string", examples: [example] },
});

export const components = {
  schemas: {
    Problem: {
      type: "object",
      description: "Problem details, RFC 9457.",
      required: ["type", "title", "status", "code", "detail", "requestId"],
      properties: {
        type: text("Always about:blank; code says what it is.", { const: "about:blank" }),
        title: text("For people, the same for each code."),
        status: { type: "integer", description: "The status of the answer." },
        code: text("Stable: compare this.", { enum: Object.keys(codes) }),
        detail: text("A sentence for people that says what to do."),
        requestId: text("For the operator; also in X-Request-Id."),
        field: text("Which field of the body or query is at fault."),
        current: {
          type: "object",
          description: "With 412: what the message says now.",
          required: ["version", "text"],
          properties: { version: text("For If-Match, in quotes."), text: text("Markdown.") },
        },
      },
    },
  },
  parameters: {
    IfMatch: {
      name: "If-Match",
      in: "header",
      required: false,
      description:
        "The ETag of the version that this change is made for: refused with 412 when the message says something else by then. Without it the last change counts.",
      schema: { type: "string" },
    },
    IfNoneMatch: {
      name: "If-None-Match",
      in: "header",
      required: false,
      description: "An ETag you have: answered with 304 while nothing has changed.",
      schema: { type: "string" },
    },
  },
  headers: {
    "X-Request-Id": header("Names this request in the server's log.", "019a8f3c-1d2e-7c4b-9f60-5a1b2c3d4e5f"),
    ETag: header("Names this state of the answer, for If-None-Match.", 'W/"1k2j3h4g5f"'),
    Version: header(
      "In ETag: names what the message says, for If-Match. Reactions do not change it.",
      '"mbx1c4-1k2j3h4-g5f6d7"',
    ),
    RateLimit: header(
      "How many requests are left (r), and in how many seconds all of them are (t).",
      '"request/token";r=599;t=1',
    ),
    "RateLimit-Policy": header("How many requests (q) in how many seconds (w).", '"request/token";q=600;w=60'),
    "Retry-After": header("How many seconds to wait.", "2"),
    "WWW-Authenticate": header("How to sign in, or which scope is missing.", 'Bearer realm="superchat"'),
  },
  securitySchemes: {
    signIn: {
      type: "http",
      scheme: "bearer",
      bearerFormat: "JWT",
      description:
        "The accessToken of POST /users, /sessions or /sessions/refresh. It may do everything its person may.",
    },
    programToken: {
      type: "http",
      scheme: "bearer",
      description: `The secret of a token made for a program: superchat_ and 43 characters. It may do what its scopes say:\n\n${Object.entries(
        scopeMeanings,
      )
        .map(([scope, meaning]) => `- \`${scope}\`: ${meaning}.`)
        .join("\n")}`,
      "x-scopes": scopeMeanings,
    },
  },
} as const satisfies Json;

/** A refusal says its own status and code, and nothing but that. */
export function problemAnswer(status: number, reason: string): Json {
  const code = codeOf.get(status) ?? "";
  const own = [
    "X-Request-Id",
    ...(status === 401 || status === 403 ? ["WWW-Authenticate"] : []),
    ...(status === 429 ? ["Retry-After", "RateLimit", "RateLimit-Policy"] : []),
    ...(status === 503 ? ["Retry-After"] : []),
    ...(status === 412 ? ["ETag"] : []),
  ];
  const pinned = { type: "object", properties: { status: { const: status }, code: { const: code } } };
  const schema = { allOf: [{ $ref: "#/components/schemas/Problem" }, pinned] };
  const title = titles[code] ?? "";
  return {
    description: `${title} (\`${code}\`). ${reason}`,
    headers: Object.fromEntries(own.map((name) => [name, { $ref: `#/components/headers/${name}` }])),
    content: { "application/problem+json": { schema } },
  };
}

/** A zod schema as JSON Schema; what has a name of its own goes to `schemas` and is referred to. */
export function schemaOf(
  schema: z.ZodType,
  io: "input" | "output",
  schemas: Record<string, Json>,
): Record<string, Json> {
  const { properties, $defs = {} } = z.toJSONSchema(z.object({ it: schema }), { io, override: plainer }) as unknown as {
    properties: { it: Record<string, Json> };
    $defs?: Record<string, Json>;
  };
  const pointed = (part: unknown) => JSON.parse(JSON.stringify(part).replaceAll('"#/$defs/', '"#/components/schemas/'));
  for (const [name, definition] of Object.entries($defs)) schemas[name] = pointed(definition);
  return pointed(properties.it);
}

const dateTime = "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$";

/** Fields may be added later, so others are no error to who reads; and patterns that only repeat the format are left out. */
function plainer({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
  if (jsonSchema.readOnly === true) delete jsonSchema.readOnly;
  if (jsonSchema.format === "date-time") jsonSchema.pattern = dateTime;
  if (jsonSchema.format === "uuid" && jsonSchema.pattern?.startsWith("^(")) delete jsonSchema.pattern;
}
