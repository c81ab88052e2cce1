/** `npm run conformance`: passes on a server that keeps its promises, and names the promise that a server breaks. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { checks } from "../../scripts/conformance/all-checks.ts";
import { readArguments } from "../../scripts/conformance/arguments.ts";
import { runChecks } from "../../scripts/conformance/run.ts";
import { type Flaw, startBreakingProxy } from "../support/breaking-proxy.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import type { Reply } from "../support/program.ts";
import { startStandalone } from "../support/server.ts";

const root = join(import.meta.dir, "../..");
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

async function conformance(...words: string[]) {
  const child = Bun.spawn([process.execPath, "scripts/conformance.ts", ...words], { cwd: root, stderr: "pipe" });
  const [said, problems] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { said, problems, exitCode: await child.exited };
}

test("a server as npm start runs it keeps every promise", async () => {
  await using server = await startStandalone();
  const { said, exitCode } = await conformance(server.url);
  expect(said).not.toContain("FAIL");
  expect(said).toEndWith(`\n${checks.length} passed, 0 failed\n`);
  expect(exitCode).toBe(0);
}, 120_000);

test("with its rate limits on, it is waited for where it asks for that", async () => {
  await using limited = await startGateway({ env: { LIMITS: "on" } });
  const few = checks.filter(({ name }) => name === "once.later" || name === "resume.old");
  const results = await runChecks(few, { url: limited.url, backlog: 450 });
  expect(results.map(({ broken }) => broken)).toEqual([undefined, undefined]);
}, 60_000);

test("as JSON it says the same, and ends with 1 when a check failed", async () => {
  using broken = startBreakingProxy(gateway.url, {
    down:
      () =>
      ({ push, ...rest }) =>
        push?.pub ? [] : [{ push, ...rest }],
  });
  const { said, exitCode } = await conformance(broken.url, "--json", "--only", "ack.http,limits.passwords");
  const report = JSON.parse(said);
  expect(report).toMatchObject({ url: broken.url, passed: 1, failed: 1 });
  const [lost, fine] = report.checks;
  expect(lost).toMatchObject({ name: "ack.http", broken: { seen: expect.stringContaining("the message live") } });
  expect(fine).toMatchObject({ name: "limits.passwords" });
  expect(exitCode).toBe(1);
}, 30_000);

describe("what it is asked for", () => {
  const names = checks.map(({ name }) => name);

  test("is a server, and checks by the start of their names", () => {
    expect(readArguments(["http://localhost:8080/", "--only", "ack,limits.text"], names)).toEqual({
      type: "check",
      url: "http://localhost:8080",
      backlog: 600,
      only: ["ack", "limits.text"],
      json: false,
    });
    expect(readArguments(["--help"], names)).toEqual({ type: "help" });
    expect(readArguments(["--list"], names)).toEqual({ type: "list" });
    expect(new Set(names).size).toBe(names.length);
  });

  test.each([
    [[], "address"],
    [["localhost:8080"], "address"],
    [["http://a", "http://b"], "address"],
    [["http://a/b"], "address"],
    [["http://a", "--backlog", "0"], "backlog"],
    [["http://a", "--only", "nothing"], "nothing"],
    [["http://a", "--no-such"], "no-such"],
  ])("is said in a sentence when it is not %p", (words, word) => {
    expect(() => readArguments(words, names)).toThrow(word);
  });

  test("ends with 2 and says where help is", async () => {
    const { problems, exitCode } = await conformance("nowhere");
    expect(exitCode).toBe(2);
    expect(problems).toContain("--help");
  });
});

/** Changes every nth publication. */
const everyNth = (nth: number, change: (reply: Reply) => readonly Reply[]) => () => {
  let seen = 0;
  return (reply: Reply) => (reply.push?.pub && ++seen % nth === 0 ? change(reply) : [reply]);
};
const swapped = () => {
  let held: Reply | undefined;
  return (reply: Reply): readonly Reply[] => {
    if (!reply.push?.pub) return [reply];
    if (held === undefined) {
      held = reply;
      return [];
    }
    const both = [reply, held];
    held = undefined;
    return both;
  };
};
const inReply = (change: (subscribe: Reply) => Reply) => () => (reply: Reply) =>
  reply.subscribe ? [{ ...reply, subscribe: change(reply.subscribe) }] : [reply];
const isPost = ({ method, url }: Request) => method === "POST" && url.endsWith("/messages");
const without = (name: string) => (body: string) => {
  const { [name]: _, ...rest } = JSON.parse(body);
  return JSON.stringify(rest);
};
const mute = ({ replyTo: _, ...data }: Reply) => data;
const json = (status: number, body: unknown) => Response.json(body, { status });

const flaws: Readonly<Record<string, { readonly flaw: Flaw; readonly finds: string }>> = {
  "acks what it has thrown away": {
    finds: "ack.http",
    flaw: { http: async (request, passOn) => (isPost(request) ? json(201, { id: Bun.randomUUIDv7() }) : passOn()) },
  },
  "changes what was said": {
    finds: "ack.verbatim",
    flaw: {
      http: async (request, passOn) =>
        isPost(request) ? passOn((await request.text()).replaceAll("\\r\\n", "\\n")) : passOn(),
    },
  },
  "forgets ids over HTTP": {
    finds: "once.http",
    flaw: {
      http: async (request, passOn) => (isPost(request) ? passOn(without("id")(await request.text())) : passOn()),
    },
  },
  "forgets ids on the socket": {
    finds: "once.socket",
    flaw: {
      up: ({ publish, ...rest }) =>
        publish ? { ...rest, publish: { ...publish, data: { text: publish.data.text } } } : rest,
    },
  },
  "shows a message twice": { finds: "once.socket", flaw: { down: everyNth(1, (reply) => [reply, reply]) } },
  "loses one in twenty": { finds: "order.same-for-all", flaw: { down: everyNth(20, () => []) } },
  "mixes up neighbours": { finds: "order.same-for-all", flaw: { down: swapped } },
  "forgets what a message answers": {
    finds: "replies.told",
    flaw: { down: everyNth(1, ({ push }) => [{ push: { ...push, pub: { ...push.pub, data: mute(push.pub.data) } } }]) },
  },
  "takes a reply to anything": {
    finds: "replies.same-room",
    flaw: {
      async http(request, passOn) {
        const body = isPost(request) ? await request.text() : undefined;
        const answer = await passOn(body);
        return body !== undefined && answer.status === 422 ? await passOn(without("replyTo")(body)) : answer;
      },
    },
  },
  "takes every edit": {
    finds: "edits.version",
    flaw: {
      async http(request, passOn) {
        if (request.method === "PATCH") request.headers.delete("if-match");
        return await passOn();
      },
    },
  },
  "tells what was deleted": {
    finds: "deletions.erase",
    flaw: {
      down: inReply(({ publications = [], ...rest }) => ({
        ...rest,
        publications: publications.map(({ data, ...more }: Reply) => ({
          ...more,
          data: { ...data, text: "what it was" },
        })),
      })),
    },
  },
  "leaves a hole in what was missed": {
    finds: "resume.recent",
    flaw: {
      down: inReply(({ publications = [], ...rest }) => ({ ...rest, publications: publications.toSpliced(2, 1) })),
    },
  },
  "gives what was missed again": {
    finds: "resume.old",
    flaw: {
      down: inReply(({ publications = [], ...rest }) => ({
        ...rest,
        publications: [...publications.slice(0, 1), ...publications],
      })),
    },
  },
  "says that nothing was missed": {
    finds: "resume.unknown-epoch",
    flaw: { down: inReply((reply) => ({ ...reply, recovered: true })) },
  },
  "lets outsiders read": {
    finds: "closed.private-http",
    flaw: {
      http: async ({ method, url }, passOn) => {
        const answer = await passOn();
        return method === "GET" && url.includes("/messages") && answer.status === 404
          ? json(200, { items: [] })
          : answer;
      },
    },
  },
  "tells private rooms from none": {
    finds: "closed.private-http",
    flaw: {
      http: async (_request, passOn) => {
        const answer = await passOn();
        if (answer.status !== 404) return answer;
        return json(404, { ...((await answer.json()) as object), detail: String(Math.random()) });
      },
    },
  },
  "goes on after one has left": {
    finds: "leaving.public",
    flaw: { down: () => (reply) => (reply.push?.unsubscribe ? [] : [reply]) },
  },
  "cuts long texts": {
    finds: "limits.text-http",
    flaw: {
      http: async (request, passOn) => {
        if (!isPost(request)) return await passOn();
        const { text, ...rest } = JSON.parse(await request.text());
        return await passOn(JSON.stringify({ ...rest, text: typeof text === "string" ? text.slice(0, 16_000) : text }));
      },
    },
  },
  "refuses in words of its own": {
    finds: "errors.http",
    flaw: {
      http: async (_request, passOn) => {
        const answer = await passOn();
        return answer.status < 400 ? answer : json(answer.status, { error: "no" });
      },
    },
  },
  "takes a refresh token again": {
    finds: "sign-in.reuse",
    flaw: (() => {
      const given = new Map<string, string>();
      return {
        http: async (request, passOn) => {
          if (!request.url.endsWith("/refresh")) return await passOn();
          const token = await request.text();
          const answer = given.get(token) ?? (await (await passOn()).text());
          given.set(token, answer);
          return new Response(answer, { headers: { "content-type": "application/json" } });
        },
      } satisfies Flaw;
    })(),
  },
  "keeps sockets open after a sign-out": { finds: "sign-in.out-here", flaw: { swallowsEnds: true } },
};

describe("a server is found out that", () => {
  test.each(Object.entries(flaws))(
    "%s",
    async (_name, { flaw, finds }) => {
      const wanted = checks.filter(({ name }) => name === finds);
      using broken = startBreakingProxy(gateway.url, flaw);
      using honest = startBreakingProxy(gateway.url, {});
      const [found] = await runChecks(wanted, { url: broken.url, backlog: 30 });
      expect(found?.broken?.expected).toBeString();
      // What the proxy does besides breaking things is not what was found.
      const [fine] = await runChecks(wanted, { url: honest.url, backlog: 30 });
      expect(fine).toMatchObject({ name: finds, broken: undefined });
    },
    30_000,
  );
});
