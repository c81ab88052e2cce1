/** The document is true: every answer that it promises is provoked and compared with it, and it is all there is. */
import { afterAll, describe, expect, test } from "bun:test";
import { unavailable } from "#domain/errors.ts";
import type { RateLimiter } from "#domain/ports/index.ts";
import { scopes } from "#domain/program-token.ts";
import { maxBodyBytes } from "#gateway/request-body.ts";
import { signUpPerson } from "../support/api-person.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import {
  type Document,
  type DocumentedOperation,
  differences,
  operationsOf,
  readDocument,
} from "../support/openapi.ts";
import { type Example, examples, type MakeExample } from "../support/openapi-examples.ts";

/** Every call asks the limiter first, so this is where it can meet any trouble. */
let trouble: 429 | 500 | 503 | undefined;
const limiter: RateLimiter = {
  async take({ burst }) {
    if (trouble === 500) throw new Error("made by the test");
    if (trouble === 503) throw unavailable("The limiter is away.");
    const allowed = trouble === undefined;
    // May be asked again at once: a limit that refuses for longer is not asked meanwhile.
    return { allowed, retryAfterMs: 0, left: allowed ? burst - 1 : 0, fullInMs: 2_000 };
  },
  giveBack: async () => undefined,
};

const gateway: TestGateway = await startGateway({
  env: { LIMITS: "on" },
  between: (ports) => ({ ...ports, limiter }),
});
const document: Document = await readDocument(gateway.url);
const operations = operationsOf(document);
afterAll(() => gateway.close());

interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function request(operation: DocumentedOperation, example: Example, { headers = {}, body }: Sent = {}) {
  const path = operation.path.replace(/\{(\w+)\}/g, (_all, name) => example.params?.[name] ?? "");
  const sent = body ?? (example.body === undefined ? undefined : JSON.stringify(example.body));
  return await fetch(`${gateway.url}/api/v1${path}${example.query ? `?${example.query}` : ""}`, {
    method: operation.method,
    headers: {
      ...(operation.hasBody ? { "content-type": "application/json" } : {}),
      ...(example.token ? { authorization: `Bearer ${example.token}` } : {}),
      ...example.headers,
      ...headers,
    },
    ...(sent === undefined ? {} : { body: sent }),
  });
}

type Provoke = (operation: DocumentedOperation, good: Example) => Promise<Response>;

async function during(status: 429 | 500 | 503, work: () => Promise<Response>): Promise<Response> {
  trouble = status;
  try {
    return await work();
  } finally {
    trouble = undefined;
  }
}

/** A token of a program that lacks just what this call needs, or that no program may make. */
async function powerless(operation: DocumentedOperation): Promise<string> {
  const needed = operation.security.flatMap(({ programToken = [] }) => programToken);
  const ana = await signUpPerson(gateway.url);
  const rest = scopes.filter((scope) => !needed.includes(scope));
  return (await ana.call("POST", "/tokens", { name: "powerless", scopes: rest })).body.secret;
}

/** How to provoke what any call of a kind may answer, from a request that goes well. */
const derived: Readonly<Record<number, Provoke>> = {
  304: async (operation, good) => {
    const { headers } = await request(operation, good);
    return await request(operation, good, { headers: { "if-none-match": headers.get("etag") ?? "" } });
  },
  400: (operation, good) => request(operation, good, { body: '{"' }),
  401: (operation, { token: _token, ...good }) => request(operation, good),
  403: async (operation, good) => await request(operation, { ...good, token: await powerless(operation) }),
  406: (operation, good) => request(operation, good, { headers: { accept: "text/html" } }),
  413: (operation, good) => request(operation, good, { body: `"${"x".repeat(maxBodyBytes)}"` }),
  415: (operation, good) => request(operation, good, { headers: { "content-type": "text/plain" } }),
  422: (operation, good) =>
    operation.hasBody ? request(operation, good, { body: "[]" }) : request(operation, { ...good, query: "limit=0" }),
  429: (operation, good) => during(429, () => request(operation, good)),
  500: (operation, good) => during(500, () => request(operation, good)),
  503: (operation, good) => during(503, () => request(operation, good)),
};

/** Headers that are worth nothing if they are missing. */
function missingHeaders({ status, headers }: Response, authorized: boolean): string[] {
  const needed = [
    "x-request-id",
    ...(status === 401 ? ["www-authenticate"] : []),
    ...(status === 429 || status === 503 ? ["retry-after"] : []),
    ...(status === 304 || status === 412 ? ["etag"] : []),
    ...(status === 429 || (authorized && status < 300) ? ["ratelimit", "ratelimit-policy"] : []),
  ];
  return needed.filter((name) => !headers.has(name)).map((name) => `the header ${name} is missing`);
}

for (const operation of operations) {
  describe(operation.id, () => {
    const own = examples[operation.id] ?? {};
    const good = Object.entries(own).find(([status]) => Number(status) < 300)?.[1] as MakeExample;

    for (const status of operation.statuses) {
      const specific = own[status];
      const provoke = derived[status];
      test(`${status} is as documented`, async () => {
        const example = specific ?? (provoke === undefined ? undefined : good);
        if (example === undefined)
          throw new Error("no example provokes it: add one to tests/support/openapi-examples.ts");
        const made = await example(gateway.url);
        const answer = specific ? await request(operation, made) : await (provoke as Provoke)(operation, made);
        expect(answer.status).toBe(status);
        const lacking = missingHeaders(answer, operation.security.length > 0);
        expect([...lacking, ...(await differences(document, operation, answer))]).toEqual([]);
      });
    }
  });
}

test("a scope that is missing is refused at every call that needs one, also where 403 has other reasons", async () => {
  for (const operation of operations.filter(
    ({ security }) => security.length > 0 && security[1]?.programToken?.length !== 0,
  )) {
    const good = Object.values(examples[operation.id] ?? {})[0] as MakeExample;
    const answer = await request(operation, { ...(await good(gateway.url)), token: await powerless(operation) });
    expect([operation.id, answer.status]).toEqual([operation.id, 403]);
    expect(await differences(document, operation, answer)).toEqual([]);
  }
});

test("there is no example for a call that is not there", () => {
  expect(Object.keys(examples).sort()).toEqual(operations.map(({ id }) => id).sort());
});

describe("methods", () => {
  const paths = [...new Set(operations.map(({ path }) => path))];
  const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];

  test.each(paths)("%s takes what is documented, and says so", async (path) => {
    const documented = operations.filter((each) => each.path === path).map(({ method }) => method);
    const url = `${gateway.url}/api/v1${path.replaceAll(/\{\w+\}/g, "x")}`;
    const allow = [...documented.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])), "OPTIONS"];
    const options = await fetch(url, { method: "OPTIONS" });
    expect([options.status, options.headers.get("allow")]).toEqual([204, allow.join(", ")]);
    for (const method of methods.filter((each) => !documented.includes(each))) {
      const refused = await fetch(url, { method });
      expect([refused.status, refused.headers.get("allow")]).toEqual([405, allow.join(", ")]);
      expect(refused.headers.get("content-type")).toBe("application/problem+json");
    }
    const head = await fetch(url, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([documented.includes("GET") ? 401 : 405, ""]);
  });

  test("HEAD answers as GET does, without the body", async () => {
    const ana = await signUpPerson(gateway.url);
    const headers = { authorization: `Bearer ${ana.token}` };
    const [get, head] = await Promise.all(
      ["GET", "HEAD"].map((method) => fetch(`${gateway.url}/api/v1/rooms/lobby`, { method, headers })),
    );
    expect([head?.status, await head?.text()]).toEqual([200, ""]);
    for (const name of ["etag", "content-type", "cache-control", "ratelimit-policy"]) {
      expect(head?.headers.get(name)).toBe(get?.headers.get(name) ?? "");
    }
  });
});

describe("the document", () => {
  test("is OpenAPI 3.1 with unique ids, known tags, and references that lead somewhere", () => {
    expect(document.openapi).toStartWith("3.1");
    expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length);
    const tags = document.tags.map(({ name }: { name: string }) => name);
    for (const { path, method } of operations)
      expect(tags).toContain(document.paths[path][method.toLowerCase()].tags[0]);
    for (const [, ref = ""] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      expect([ref, ref.split("/").reduce((node, key) => node?.[key], document)]).not.toEqual([ref, undefined]);
    }
  });

  test("is asked again for free while it has not changed, and takes nothing else", async () => {
    const url = `${gateway.url}/api/openapi.json`;
    const first = await fetch(url);
    const etag = first.headers.get("etag") ?? "";
    expect([first.status, first.headers.get("content-type")]).toEqual([200, "application/json"]);
    for (const [given, status] of [
      [etag, 304],
      [`"other", ${etag}`, 304],
      ["*", 304],
      ['"other"', 200],
    ] as const) {
      expect((await fetch(url, { headers: { "if-none-match": given } })).status).toBe(status);
    }
    expect((await fetch(url, { method: "POST" })).status).toBe(405);
    expect((await fetch(url, { method: "OPTIONS" })).headers.get("allow")).toBe("GET, HEAD, OPTIONS");
  });
});

describe("an ETag", () => {
  test("holds until something changes, for each page by itself", async () => {
    const ana = await signUpPerson(gateway.url);
    const room = await ana.createRoom("Etags");
    const paths = [
      `/rooms/${room.id}`,
      `/rooms/${room.id}/messages`,
      `/rooms/${room.id}/events?after=2`,
      "/rooms?mine=true",
    ];
    const ask = (path: string, etag = "") => ana.call("GET", path, undefined, { "if-none-match": etag });
    const etags = new Map(
      await Promise.all(paths.map(async (path) => [path, (await ask(path)).headers.get("etag") ?? ""] as const)),
    );
    for (const [path, etag] of etags) expect([path, (await ask(path, etag)).status]).toEqual([path, 304]);
    await ana.post(room.id, "news");
    for (const [path, etag] of etags) expect([path, (await ask(path, etag)).status]).toEqual([path, 200]);
  });
});

describe("Accept", () => {
  test.each([
    ["*/*", 200],
    ["application/*", 200],
    ["text/html, application/json;q=0.1", 200],
    ["application/problem+json", 200],
    ["application/json;q=0", 406],
    ["text/html;q=0.9", 406],
  ])("%s is answered with %d", async (accept, status) => {
    const ana = await signUpPerson(gateway.url);
    expect((await ana.call("GET", "/me", undefined, { accept })).status).toBe(status);
  });
});
