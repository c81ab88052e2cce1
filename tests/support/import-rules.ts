/** Who may import whom: the layout's table, and the check of every import line against it. */
import { posix } from "node:path";
import { isCode, isTest, lineAt, type Source } from "./source.ts";

interface Zone {
  /** Files and folders this zone speaks for; the first zone that matches counts. */
  readonly files: RegExp;
  /** Or single files. */
  readonly folders: readonly string[];
  /** A package with its subpaths, or one subpath of it. */
  readonly packages?: readonly string[];
  /** `node:*`, `bun` and `bun:*`. */
  readonly builtins?: boolean;
}

const services = ["domain", "views", "gateway", "writer", "llm-bot", "hooks"];
const rendering = ["markdown-it", "markdown-it-emoji", "lru-cache", "tlds"];

/** What speaks to a server as anybody could. */
const fromOutside = [
  "scripts/patiently.ts",
  ...["api-person", "program", "wait"].map((name) => `tests/support/${name}.ts`),
];

const zones: readonly Zone[] = [
  { files: /^domain\//, folders: ["domain"] },
  { files: /^views\/browser\//, folders: ["views/browser"] },
  { files: /^views\//, folders: ["domain", "views"], packages: ["hono/jsx", "hono/html", ...rendering] },
  { files: /^(gateway|writer|llm-bot)\/main\.ts$/, folders: [...services, "adapters", "db"], builtins: true },
  {
    files: /^gateway\//,
    folders: ["domain", "views", "gateway"],
    packages: ["hono", "jose", "zod", "lru-cache"],
    builtins: true,
  },
  { files: /^writer\//, folders: ["domain", "writer"], builtins: true },
  { files: /^llm-bot\//, folders: ["domain", "llm-bot"], builtins: true },
  { files: /^hooks\//, folders: ["domain", "hooks"], builtins: true },
  { files: /^db\//, folders: ["db"], packages: ["drizzle-orm", "postgres", "@electric-sql/pglite"], builtins: true },
  {
    files: /^adapters\/postgres\//,
    folders: ["domain", "db", "adapters/postgres"],
    packages: ["drizzle-orm", "dataloader"],
    builtins: true,
  },
  { files: /^adapters\/redis\//, folders: ["domain", "adapters/redis"], packages: ["redis"], builtins: true },
  { files: /^adapters\/kafka\//, folders: ["domain", "adapters/kafka"], packages: ["kafkajs"], builtins: true },
  { files: /^adapters\/ollama\//, folders: ["domain", "adapters/ollama"], packages: ["ollama"], builtins: true },
  {
    files: /^adapters\/embedded-model\//,
    folders: ["domain", "adapters/embedded-model"],
    packages: ["zod"],
    builtins: true,
  },
  {
    files: /^adapters\/prometheus\//,
    folders: ["domain", "adapters/prometheus"],
    packages: ["prom-client"],
    builtins: true,
  },
  { files: /^adapters\/memory\//, folders: ["domain", "adapters/memory"], builtins: true },
  { files: /^adapters\/http\//, folders: ["domain", "adapters/http"], builtins: true },
  { files: /^adapters\/bun\//, folders: ["domain", "adapters/bun"], builtins: true },
  { files: /^adapters\/[^/]+\.ts$/, folders: ["domain", "adapters", "db"], builtins: true },
  { files: /^[^/]+\.config\.ts$/, folders: ["db"], packages: ["drizzle-kit"], builtins: true },
  { files: /^standalone\.ts$/, folders: [...services, "adapters", "db"], builtins: true },
  { files: /^start\.mjs$/, folders: [], builtins: true },
  { files: /^examples\//, folders: [], packages: ["centrifuge", "k6"] },
  // They use the product from the outside: nothing of it is imported, nor what imports that.
  { files: /^scripts\/conformance(\/|\.ts$)/, folders: ["scripts/conformance", ...fromOutside], builtins: true },
  { files: /^scripts\/demo(\/|\.ts$)/, folders: ["scripts/demo", ...fromOutside], builtins: true },
  { files: /^scripts\/patiently\.ts$/, folders: fromOutside, builtins: true },
];

/** Tests, load programs and scripts import what they like, unless a zone says otherwise; nobody imports them. */
const unbound = /^(tests|load|scripts)\//;

export function importProblems(sources: readonly Source[]): string[] {
  return sources.filter(isCode).flatMap((source) => {
    if (isTest(source)) return [];
    const zone = zones.find(({ files }) => files.test(source.path));
    if (!zone && unbound.test(source.path)) return [];
    if (!zone) return [`${source.path}:1: no import rule speaks for this folder yet`];
    return importsOf(source.text)
      .filter(({ from }) => !mayImport(zone, source.path, from))
      .map(({ from, line }) => `${source.path}:${line}: may not import "${from}"`);
  });
}

function mayImport(zone: Zone, path: string, from: string): boolean {
  if (from === "bun" || /^(node|bun):/.test(from)) return zone.builtins ?? false;
  const file = localFile(path, from);
  if (file !== undefined)
    return zone.folders.some((folder) => file === folder || file.startsWith(`${folder}/`)) || isNeighbour(path, file);
  return (zone.packages ?? []).some((name) => from === name || from.startsWith(`${name}/`));
}

/** The file in this repository that is meant, or undefined for a package. */
function localFile(path: string, from: string): string | undefined {
  if (from.startsWith("#")) return from.slice(1);
  if (from.startsWith(".")) return posix.join(posix.dirname(path), from);
  return undefined;
}

/** Files in the root have no folder of their own to be allowed. */
function isNeighbour(path: string, file: string): boolean {
  return !path.includes("/") && !file.includes("/");
}

const importForms = [
  /^[ \t]*(?:import|export)\b[^;"'`]*?\bfrom\s*["']([^"']+)["']/gm,
  /^[ \t]*import\s*["']([^"']+)["']/gm,
  /\b(?:import|require)\(\s*["'`]([^"'`]+)["'`]/g,
];

export function importsOf(text: string): { from: string; line: number }[] {
  const found = importForms.flatMap((form) =>
    [...text.matchAll(form)].map((match) => ({
      from: match[1] ?? "",
      line: lineAt(text, match.index + match[0].length),
    })),
  );
  return found.sort((a, b) => a.line - b.line);
}
