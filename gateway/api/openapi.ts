/** The OpenAPI 3.1 document of the operations. What follows from how the server works at all is added here, not told by each. */
import type { z } from "zod";
import { components, type Json, problemAnswer, schemaOf } from "./components.ts";
import { type Access, hasBodies, type Operation, tags } from "./operation.ts";

export function openapiDocument(operations: readonly Operation[]): Json {
  const schemas: Record<string, Json> = {};
  const paths: Record<string, Record<string, Json>> = {};
  for (const each of operations) {
    paths[each.path] = { ...paths[each.path], [each.method]: describe(each, schemas) };
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "Superchat",
      version: "1",
      summary: "Rooms, messages and everything that happens in them, for programs.",
      description: overview,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/api/v1" }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    components: { ...components, schemas: { ...schemas, ...components.schemas } },
  };
}

const overview = `Send and take JSON. Call with \`Authorization: Bearer TOKEN\`: the access token of a sign-in, or a token made for a program, which may do what its scopes say.

Errors are problem details (RFC 9457) whose \`code\` is stable; \`detail\` is a sentence for people. Fields may be added to any answer: pass over those you don't know.

A room is followed live over the WebSocket at \`/connection/websocket\`, with the same tokens; \`/rooms/{id}/events\` has everything that was missed.

Every GET may be asked as HEAD. OPTIONS tells what an address takes; any other method is refused with 405 and \`Allow\`. Where an answer has an \`ETag\`, ask again with \`If-None-Match\` and get 304 while nothing has changed.

\`RateLimit\` and \`RateLimit-Policy\` tell what is left (draft-ietf-httpapi-ratelimit-headers); after 429 and 503 wait as long as \`Retry-After\` says. A proxy in front may give further answers, with the same body: 400, 408, 413, 414, 429, 494, 500, 502, 503 and 504.`;

function describe(operation: Operation, schemas: Record<string, Json>): Json {
  const { id, tag, summary, more, access, body } = operation;
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(more === undefined ? {} : { description: more }),
    security: securityOf(access),
    parameters: [...pathParameters(operation), ...queryParameters(operation, schemas), ...conditions(operation)],
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: jsonOf(schemaOf(body, "input", schemas)) } }),
    responses: { ...answersOf(operation, schemas), ...refusalsOf(operation) },
  };
}

function securityOf(access: Access): Json {
  if (access === "open") return [];
  if (access === "sign-in") return [{ signIn: [] }];
  return [{ signIn: [] }, { programToken: access === "any" ? [] : [access] }];
}

function pathParameters({ params = {} }: Operation): Json[] {
  return Object.entries(params).map(([name, { means, example }]) => ({
    name,
    in: "path",
    required: true,
    description: means,
    schema: { type: "string", minLength: 1, examples: [example] },
  }));
}

function queryParameters({ query }: Operation, schemas: Record<string, Json>): Json[] {
  return Object.entries(query?.shape ?? {}).map(([name, schema]) => {
    const { description, ...rest } = schemaOf(schema as z.ZodType, "output", schemas);
    return { name, in: "query", required: false, description: description ?? "", schema: rest };
  });
}

function conditions({ etag, versioned, method }: Operation): Json[] {
  if (versioned === true && method !== "get") return [{ $ref: "#/components/parameters/IfMatch" }];
  return etag === true ? [{ $ref: "#/components/parameters/IfNoneMatch" }] : [];
}

function answersOf(
  { answers, etag, versioned, access }: Operation,
  schemas: Record<string, Json>,
): Record<string, Json> {
  const limits = access === "open" ? [] : ["RateLimit", "RateLimit-Policy"];
  const headers = headersOf(["X-Request-Id", ...limits, ...(etag === true ? ["ETag"] : [])]);
  const given = Object.entries(answers).map(([status, { means, schema }]) => {
    const content = schema === undefined ? {} : { content: jsonOf(schemaOf(schema, "output", schemas)) };
    const version = versioned === true && schema !== undefined ? { ETag: versionHeader } : {};
    return [status, { description: means, headers: { ...headers, ...version }, ...content }] as const;
  });
  const unchanged = { description: "Unchanged since the ETag you have.", headers };
  return { ...Object.fromEntries(given), ...(etag === true ? { 304: unchanged } : {}) };
}

/** Those of the call itself, and those that any call like it may meet. */
function refusalsOf(operation: Operation): Record<string, Json> {
  const { access, body, query, refusals = {} } = operation;
  const reasons: Record<number, string | undefined> = {
    ...(body ? { 400: "The body is not JSON in UTF-8.", 413: "The body, or a text in it, is too large." } : {}),
    ...(body ? { 415: "The body is not sent as application/json." } : {}),
    ...(body || query ? { 422: "A value won't do: field says which, detail why." } : {}),
    ...(hasBodies(operation) ? { 406: "Accept rules out JSON." } : {}),
    ...(access === "open" ? {} : { 401: "The token is missing, expired, revoked or not valid here." }),
    429: "Too many requests: wait as long as Retry-After says.",
    500: "Our fault. Tell the operator the requestId.",
    503: "Something the server needs is away for the moment: try again.",
  };
  if (access === "sign-in") reasons[403] = "A program's token does not do this: sign in.";
  else if (access !== "open" && access !== "any") reasons[403] = `The token was made without the scope ${access}.`;
  for (const [status, reason] of Object.entries(refusals)) {
    const other = reasons[Number(status)];
    reasons[Number(status)] = other === undefined ? reason : `${reason} Or: ${other}`;
  }
  return Object.fromEntries(
    Object.entries(reasons).map(([status, reason]) => [status, problemAnswer(Number(status), reason ?? "")]),
  );
}

const versionHeader = { $ref: "#/components/headers/Version" };

function headersOf(names: readonly string[]): Record<string, Json> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

function jsonOf(schema: Json): Json {
  return { "application/json": { schema } };
}
