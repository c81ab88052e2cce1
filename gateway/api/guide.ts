/** The document as a page shows it: calls by subject with what they take and a command to copy, and what things look like. */
import type { ApiGuide, GuideCall, GuideField, GuideShape } from "#views/pages/api-page.tsx";
import type { Json } from "./components.ts";

/** The parts of the document that are read here. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly examples?: readonly Json[];
}
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly description: string;
  readonly schema: Schema;
}
interface Called {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly security: readonly { readonly programToken?: readonly string[] }[];
  readonly parameters: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}
type Content = Readonly<Record<string, { readonly schema: Schema }>>;
interface Document {
  readonly info: { readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Called>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const json = "application/json";

/** @param origin as people reach this server */
export function guideOf(json: Json, origin: string): ApiGuide {
  const document = json as unknown as Document;
  const server = `${origin}${document.servers[0]?.url ?? ""}`;
  const calls = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, called]) => ({
      tag: called.tags[0],
      call: callOf(document, called, { method: method.toUpperCase(), path, server }),
    })),
  );
  return {
    overview: document.info.description,
    groups: document.tags.map(({ name, description }) => ({
      name,
      means: description,
      calls: calls.filter(({ tag }) => tag === name).map(({ call }) => call),
    })),
    shapes: Object.entries(document.components.schemas).map(([name, schema]) => shapeOf(name, schema)),
  };
}

function callOf(document: Document, called: Called, at: { method: string; path: string; server: string }): GuideCall {
  const parameters = called.parameters.filter((each) => "name" in each);
  const body = called.requestBody?.content[json]?.schema;
  const shape = body?.$ref === undefined ? undefined : document.components.schemas[nameIn(body.$ref)];
  const example = shape?.examples?.[0];
  const path = at.path.replace(/\{(\w+)\}/g, (all, name) => {
    const value = parameters.find((each) => each.in === "path" && each.name === name)?.schema.examples?.[0];
    return value === undefined ? all : String(value);
  });
  return {
    id: called.operationId,
    method: at.method,
    path: at.path,
    summary: called.summary,
    more: called.description,
    who: whoMay(called),
    parameters: parameters.map(({ name, in: where, description, schema }) => ({
      name,
      type: typeOf(schema),
      needed: where === "path",
      means: description,
    })),
    body: shape === undefined ? [] : fieldsOf(shape),
    answers: Object.entries(called.responses).map(([status, { description, content }]) => ({
      status,
      means: description.replaceAll("`", ""),
      shape: status < "300" ? nameOf(content?.[json]?.schema) : undefined,
    })),
    command: commandOf(at.method, `${at.server}${path}`, called.security.length > 0, example),
  };
}

function whoMay({ security }: Called): string {
  if (security.length === 0) return "Anybody.";
  const program = security.find(({ programToken }) => programToken !== undefined)?.programToken;
  if (program === undefined) return "Somebody who is signed in.";
  const [scope] = program;
  return scope === undefined ? "Any token." : `A sign-in, or a token with ${scope}.`;
}

function commandOf(method: string, url: string, authorized: boolean, body: Json | undefined): string {
  const quoted = JSON.stringify(body)?.replaceAll("'", "'\\''");
  return [
    `curl ${method === "GET" ? "" : `-X ${method} `}'${url}'`,
    ...(authorized ? ['-H "Authorization: Bearer $TOKEN"'] : []),
    ...(quoted === undefined ? [] : ["-H 'Content-Type: application/json'", `-d '${quoted}'`]),
  ].join(" \\\n  ");
}

function shapeOf(name: string, schema: Schema): GuideShape {
  const variants = schema.oneOf ?? schema.anyOf;
  return {
    name,
    means: schema.description,
    variants: (variants ?? [schema]).map((each) => ({
      title: variants === undefined ? undefined : each.properties?.type?.const,
      fields: fieldsOf(each),
    })),
  };
}

function fieldsOf({ properties = {}, required = [] }: Schema): readonly GuideField[] {
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    type: typeOf(schema),
    shape: nameOf(schema.items ?? schema),
    needed: required.includes(name),
    means: schema.description ?? "",
  }));
}

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return nameIn(schema.$ref);
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`;
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(" or ");
  if (schema.enum !== undefined) return schema.enum.join(" | ");
  return schema.const ?? schema.format ?? schema.type ?? "anything";
}

function nameOf(schema: Schema | undefined): string | undefined {
  return schema?.$ref === undefined ? undefined : nameIn(schema.$ref);
}

function nameIn(ref: string): string {
  return ref.split("/").at(-1) ?? ref;
}
