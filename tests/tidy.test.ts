import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { importProblems, importsOf } from "./support/import-rules.ts";
import { readSources, type Source } from "./support/source.ts";
import {
  absolutePathProblems,
  anyProblems,
  closedSocketProblems,
  nameProblems,
  openingProblems,
  openServerProblems,
  partialRunProblems,
  sizeProblems,
  unfinishedProblems,
} from "./support/source-rules.ts";

/** This file breaks the rules on purpose, in its samples. */
const samplesPath = "tests/tidy.test.ts";

describe("this repository", async () => {
  const sources = (await readSources(join(import.meta.dir, ".."))).filter(({ path }) => path !== samplesPath);
  const rules = {
    "imports follow the layout": importProblems,
    "files are small": sizeProblems,
    "names say what is inside": nameProblems,
    "files open with their job": openingProblems,
    "nothing is left unfinished": unfinishedProblems,
    "paths fit every machine": absolutePathProblems,
    "types stay on": anyProblems,
    "sockets end in one place": closedSocketProblems,
    "no server shows our source": openServerProblems,
    "all tests run": partialRunProblems,
  };
  for (const [name, rule] of Object.entries(rules)) {
    test(name, () => {
      const problems = rule(sources);
      if (problems.length > 0) throw new Error(`${problems.length} offences:\n${problems.join("\n")}`);
    });
  }

  test("is seen at all", () => {
    expect(sources.map(({ path }) => path)).toContain("start.mjs");
    expect(sources.length).toBeGreaterThan(50);
  });
});

function at(path: string, text: string): Source[] {
  return [{ path, text }];
}

describe("the rule for imports", () => {
  const allowed: [string, string][] = [
    ["domain/room.ts", "./ids.ts"],
    ["domain/ports/clock.ts", "../ids.ts"],
    ["views/pages/room-page.tsx", "#domain/room.ts"],
    ["views/markdown.ts", "markdown-it"],
    ["views/layout.tsx", "hono/jsx"],
    ["views/browser/outbox.ts", "./frames.ts"],
    ["gateway/app.ts", "hono/cookie"],
    ["gateway/live.ts", "bun"],
    ["gateway/main.ts", "#adapters/cluster.ts"],
    ["writer/writer.ts", "node:timers/promises"],
    ["db/schema.ts", "drizzle-orm/pg-core"],
    ["adapters/postgres/event-store.ts", "#db/schema.ts"],
    ["adapters/redis/room-stream.ts", "redis"],
    ["adapters/standalone.ts", "./memory/open.ts"],
    ["standalone.ts", "#writer/writer.ts"],
    ["drizzle.config.ts", "drizzle-kit"],
    ["domain/room.test.ts", "#tests/support/api-person.ts"],
    ["scripts/test.ts", "#gateway/app.ts"],
    ["scripts/conformance.ts", "./conformance/run.ts"],
    ["scripts/conformance/checks/once.ts", "#tests/support/program.ts"],
  ];
  test.each(allowed)("%s may import %s", (path, from) => {
    expect(importProblems(at(path, `import { x } from "${from}";`))).toEqual([]);
  });

  const refused: [string, string][] = [
    ["domain/room.ts", "node:crypto"],
    ["domain/room.ts", "zod"],
    ["domain/room.ts", "../views/layout.tsx"],
    ["views/layout.tsx", "node:fs"],
    ["views/layout.tsx", "hono"],
    ["views/layout.tsx", "#gateway/app.ts"],
    ["views/browser/outbox.ts", "../escape.ts"],
    ["views/browser/outbox.ts", "lru-cache"],
    ["gateway/app.ts", "#adapters/standalone.ts"],
    ["gateway/app.ts", "#writer/writer.ts"],
    ["gateway/app.ts", "drizzle-orm"],
    ["writer/writer.ts", "#gateway/log.ts"],
    ["db/schema.ts", "#domain/room.ts"],
    ["adapters/memory/clock.ts", "../bun/ids.ts"],
    ["adapters/postgres/event-store.ts", "postgres"],
    ["adapters/redis/room-stream.ts", "#db/schema.ts"],
    ["standalone.ts", "#tests/support/api-person.ts"],
    ["gateway/app.ts", "#scripts/test.ts"],
    ["gateway/app.ts", "hono-rate-limiter"],
    ["scripts/conformance.ts", "#domain/ids.ts"],
    ["scripts/demo/script.ts", "#domain/ids.ts"],
    ["scripts/conformance/world.ts", "#tests/support/gateway.ts"],
  ];
  test.each(refused)("%s may not import %s", (path, from) => {
    expect(importProblems(at(path, `/** x */\nimport { x } from "${from}";`))).toEqual([
      `${path}:2: may not import "${from}"`,
    ]);
  });

  test("asks for a rule where there is none", () => {
    expect(importProblems(at("elsewhere/x.ts", ""))).toHaveLength(1);
  });

  test("sees every form", () => {
    const text = [
      'import "a";',
      "import {",
      "  type B,",
      '} from "b";',
      'export * from "c";',
      'import type { D } from "d";',
      'const e = await import("e");',
      'const prose = "an import from x";',
    ].join("\n");
    expect(importsOf(text)).toEqual([
      { from: "a", line: 1 },
      { from: "b", line: 4 },
      { from: "c", line: 5 },
      { from: "d", line: 6 },
      { from: "e", line: 7 },
    ]);
  });
});

describe("the rules for text", () => {
  test("size", () => {
    const lines = (count: number) => "x\n".repeat(count);
    expect(sizeProblems(at("domain/room.ts", lines(250)))).toEqual([]);
    expect(sizeProblems(at("domain/room.ts", lines(251)))).toHaveLength(1);
    expect(sizeProblems(at("domain/room.test.ts", lines(400)))).toEqual([]);
    expect(sizeProblems(at("tests/contract/clock.suite.ts", lines(401)))).toHaveLength(1);
    expect(sizeProblems(at("package-lock.json", lines(9_000)))).toEqual([]);
  });

  test.each(["room.ts", "language-model.ts", "room.test.ts", "key-store.suite.ts", "emoji.d.ts"])("name %s", (name) => {
    expect(nameProblems(at(`domain/${name}`, ""))).toEqual([]);
  });

  test.each([
    "Room.ts",
    "roomPage.tsx",
    "room_page.tsx",
    "utils.ts",
    "room-manager.ts",
    "model.ts",
    "base.ts",
    "impl.ts",
  ])("not the name %s", (name) => {
    expect(nameProblems(at(`domain/${name}`, ""))).toHaveLength(1);
  });

  test("opening comment", () => {
    expect(openingProblems(at("domain/room.ts", "/** Rooms. */\n"))).toEqual([]);
    expect(openingProblems(at("scripts/x.ts", "#!/usr/bin/env bun\n// Runs x.\n"))).toEqual([]);
    expect(openingProblems(at("domain/room.ts", "export {};\n"))).toEqual([
      "domain/room.ts:1: opens without a comment on its job",
    ]);
    expect(openingProblems(at("domain/room.test.ts", "export {};\n"))).toEqual([]);
  });

  test("unfinished work", () => {
    expect(unfinishedProblems(at("domain/room.ts", "a\n// TODO b\nFIXME"))).toEqual([
      "domain/room.ts:2: unfinished work belongs in an issue",
      "domain/room.ts:3: unfinished work belongs in an issue",
    ]);
    expect(unfinishedProblems(at("domain/room.ts", "todoList()"))).toEqual([]);
  });

  test("a server that shows source or shares its port", () => {
    const problems = (text: string) => openServerProblems(at("gateway/listen.ts", text));
    expect(problems("Bun.serve<State>({ fetch })")).toHaveLength(2);
    expect(problems("Bun.serve({ fetch, development: false })")).toHaveLength(1);
    expect(problems("Bun.serve({ fetch, development: false, reusePort: false })")).toEqual([]);
    expect(problems("the same as Bun.serve does")).toEqual([]);
  });

  test("closed sockets", () => {
    const problems = (path: string, line: string) => closedSocketProblems(at(path, line));
    expect(problems("gateway/live.ts", "  socket.close(1013);")).toHaveLength(1);
    expect(problems("gateway/end-socket.ts", "  socket.close(1013);")).toEqual([]);
    expect(problems("gateway/live.test.ts", "  socket.close(1013);")).toEqual([]);
    expect(problems("gateway/sockets.ts", "close: (socket) => kindOf(socket).close(socket),")).toEqual([]);
  });

  test.each(['"/root/x"', "cd /work/main", '"/home/me"', "`/root`"])("path %s", (line) => {
    expect(absolutePathProblems(at("scripts/x.ts", line))).toHaveLength(1);
    expect(absolutePathProblems(at(".ci/run", line))).toHaveLength(1);
  });

  test.each(['"./root/x"', '"/rooms/home"', '"/rootless"', "a/work/b", '"/homepage"'])("not a path: %s", (line) => {
    expect(absolutePathProblems(at("scripts/x.ts", line))).toEqual([]);
  });

  test.each(["x as any", "function f(x: any) {", "let x: any;", "Map<string, any>", "x: any[]"])("any: %s", (line) => {
    expect(anyProblems(at("domain/room.ts", line))).toEqual(["domain/room.ts:1: any switches the types off"]);
    expect(anyProblems(at("domain/room.test.ts", line))).toEqual([]);
  });

  test.each([" * the limit: any number", "x(); // as any", 'const s = "if any";', "company: anyone"])(
    "not any: %s",
    (line) => {
      expect(anyProblems(at("domain/room.ts", line))).toEqual([]);
    },
  );

  test.each(["test.only(1)", "describe.skip(", "test.concurrent.skip(", "it.todo(", "test.skipIf(ci)("])(
    "partial: %s",
    (line) => {
      expect(partialRunProblems(at("domain/room.test.ts", line))).toHaveLength(1);
      expect(partialRunProblems(at("domain/room.ts", line))).toEqual([]);
    },
  );
});
