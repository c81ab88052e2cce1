/** Reads the gateway's OpenAPI document for tests, and compares an answer with what it says, field by field. */
import { z } from "zod";

// biome-ignore lint/suspicious/noExplicitAny: a document is looked into wherever it leads
export type Document = any;

export interface DocumentedOperation {
  readonly id: string;
  readonly method: string;
  /** Below /api/v1. */
  readonly path: string;
  readonly statuses: readonly number[];
  /** Who may call: nothing for anybody, else "signIn" and perhaps a program with scopes. */
  readonly security: readonly Record<string, readonly string[]>[];
  readonly hasBody: boolean;
  readonly queryNames: readonly string[];
}

export async function readDocument(base: string): Promise<Document> {
  return await (await fetch(`${base}/api/openapi.json`)).json();
}

export function operationsOf(document: Document): readonly DocumentedOperation[] {
  return Object.entries<Document>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Document>(methods).map(([method, each]) => ({
      id: each.operationId,
      method: method.toUpperCase(),
      path,
      statuses: Object.keys(each.responses).map(Number),
      security: each.security,
      hasBody: each.requestBody !== undefined,
      queryNames: each.parameters.flatMap((one: Document) => (one.in === "query" ? [one.name] : [])),
    })),
  );
}

/** What differs between an answer and its description: nothing, when all is well. A field that is not documented counts. */
export async function differences(
  document: Document,
  operation: DocumentedOperation,
  answer: Response,
): Promise<string[]> {
  const described = document.paths[operation.path][operation.method.toLowerCase()].responses[answer.status];
  if (described === undefined) return [`${answer.status} is not documented: ${await answer.text()}`];
  const [documentedType] = Object.keys(described.content ?? {});
  const type = answer.headers.get("content-type");
  const text = await answer.text();
  if (documentedType === undefined) return text === "" ? [] : [`a body where none is documented: ${text}`];
  if (type !== documentedType) return [`content type ${type}, documented ${documentedType}`];
  const parsed = asZod(document, described.content[documentedType].schema).safeParse(JSON.parse(text));
  return parsed.success ? [] : [z.prettifyError(parsed.error), text.slice(0, 500)];
}

function asZod(document: Document, schema: Document): z.ZodType {
  const moved = JSON.parse(
    JSON.stringify({ ...strict(schema), $defs: strict(document.components.schemas) }).replaceAll(
      '"#/components/schemas/',
      '"#/$defs/',
    ),
  );
  return z.fromJSONSchema({ $schema: "https://json-schema.org/draft/2020-12/schema", ...moved });
}

/** Readers pass over fields they don't know; a test does not. Parts of an allOf know only some of the fields. */
function strict(node: Document): Document {
  if (Array.isArray(node)) return node.map(strict);
  if (node === null || typeof node !== "object") return node;
  const inside = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, key === "allOf" ? value : strict(value)]),
  );
  const isObject = inside.type === "object" && inside.properties !== undefined;
  return isObject ? { ...inside, additionalProperties: false } : inside;
}
