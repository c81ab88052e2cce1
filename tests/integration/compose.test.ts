/** What docker-compose.yml and the Dockerfile promise: one door, nobody is root, nothing is unlimited, no secret is known. */
import { beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { z } from "zod";
import { webhookVariables } from "#adapters/webhook-settings.ts";
import { clusterVariables } from "../../adapters/cluster-settings.ts";
import { languageModelVariables } from "../../adapters/language-model-settings.ts";
import packages from "../../package.json";
import { gatewaysConf, probedGatewaysConf } from "../../scripts/services/nginx.ts";
import composeSpec from "../support/compose-spec/compose-spec.json";

interface Service {
  readonly image: string;
  readonly build?: { readonly target: string };
  readonly command?: string | readonly string[];
  readonly user: string;
  readonly restart: string;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks?: readonly string[] | Readonly<Record<string, { readonly ipv4_address: string }>>;
  readonly network_mode?: string;
  readonly extra_hosts?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly profiles?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[]; readonly timeout: string };
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly logging: { readonly options: Readonly<Record<string, string>> };
  readonly deploy: { readonly resources: { readonly limits: Readonly<Record<string, string | number>> } };
}

interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const root = join(import.meta.dir, "../..");
const read = (path: string) => Bun.file(join(root, path)).text();
const composeText = await read("docker-compose.yml");
const dockerfile = await read("Dockerfile");
const compose = Bun.YAML.parse(composeText) as ComposeFile;
const services = Object.entries(compose.services);
const oneShots = ["secrets"];
const pinned = /^[\w./-]+:\d+(\.\d+){1,2}(-\w+)?$/;

describe("the compose file", () => {
  // compose-go 2.9.1 brings it, formatted here: what docker compose 2.40 itself checks with.
  let schema: z.ZodType;
  beforeAll(() => {
    const draft = { ...composeSpec, $schema: "http://json-schema.org/draft-07/schema#" };
    schema = z.fromJSONSchema(draft as unknown as Parameters<typeof z.fromJSONSchema>[0]);
  });

  test("is valid by the Compose schema", () => {
    const { error } = schema.safeParse(compose);
    expect(error && z.prettifyError(error)).toBeUndefined();
  });

  test("would not be with a word that Compose does not know", () => {
    const misspelt = structuredClone(compose) as unknown as { services: { nginx: Record<string, unknown> } };
    misspelt.services.nginx.helthcheck = {};
    expect(schema.safeParse(misspelt).success).toBe(false);
  });

  test("has all of the cluster, the bot and its model too", () => {
    const gateways = ["gateway-1", "gateway-2", "gateway-3"];
    const others = ["kafka", "nginx", "ollama", "postgres", "redis", "secrets", "writer"];
    expect(services.map(([name]) => name).sort()).toEqual(["bot", ...gateways, ...others]);
    expect(services.filter(([, { profiles }]) => profiles !== undefined)).toEqual([]);
  });

  test("publishes one port of one service", () => {
    expect(services.filter(([, { ports }]) => ports !== undefined).map(([name]) => name)).toEqual(["nginx"]);
    expect(compose.services.nginx?.ports?.map(withDefaults)).toEqual(["0.0.0.0:8080:8080"]);
    expect(services.filter(([, { network_mode: mode }]) => mode !== undefined && mode !== "none")).toEqual([]);
  });

  test("keeps all but nginx and the model's server on a network without a way out", () => {
    expect(compose.networks.inside?.internal).toBe(true);
    const outside = services.filter(([, { networks = {} }]) => Object.values(networks).includes("outside"));
    expect(outside.map(([name]) => name).sort()).toEqual(["nginx", "ollama", "writer"]);
  });

  test("tells nginx the addresses that the gateways have", async () => {
    const given = services.flatMap(([name, { networks }]) =>
      networks && "inside" in networks ? [[name, networks.inside?.ipv4_address]] : [],
    );
    expect(given).toHaveLength(3);
    expect(Object.entries(compose.services.nginx?.extra_hosts ?? {})).toEqual(given as [string, string][]);
    const gateways = given.map(([name]) => `${name}:8080`);
    const linesOf = async (name: string) =>
      (await read(`scripts/container/nginx/${name}.conf`)).replaceAll(/^#.*\n/gm, "");
    expect(await linesOf("gateways")).toBe(gatewaysConf(gateways));
    expect(await linesOf("probed-gateways")).toBe(probedGatewaysConf(gateways));
    // By the end of the address: the network's beginning can be chosen.
    const kept = given.map(([name, address], at) => ({
      group: `upstream kept-${at + 1} { server ${name}:8080; include kept.conf; }\n`,
      line: `  ~\\.${address?.split(".").at(-1)}:8080$ kept-${at + 1};\n`,
    }));
    expect(await linesOf("kept-gateways")).toBe(
      `${kept.map(({ group }) => group).join("")}map $answering $kept {\n  default $answering;\n${kept.map(({ line }) => line).join("")}}\n`,
    );
  });

  test("names every volume it uses, and mounts nothing of the machine", () => {
    const used = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(":")[0] ?? ""));
    expect([...new Set(used)].sort()).toEqual(Object.keys(compose.volumes).sort());
  });

  test("has no variable that must be set", () => {
    const variables = [...composeText.matchAll(/\$\{([^}]*)\}/g)].map(([, inside = ""]) => inside);
    expect(variables.filter((inside) => !inside.includes(":-"))).toEqual([]);
  });

  test("sets only variables that are read", () => {
    const given = new Set(
      ["gateway-1", "writer", "bot"].flatMap((name) => Object.keys(compose.services[name]?.environment ?? {})),
    );
    const others = ["JWT_SECRET", "TRUST_PROXY", "PUBLIC_URL", "ALLOWED_ORIGINS", "LIMITS", "LOG_LEVEL"];
    const known: readonly string[] = [
      ...clusterVariables,
      ...languageModelVariables,
      ...others,
      "METRICS_PORT",
      "METRICS_HOST",
      ...webhookVariables,
    ];
    expect([...given].filter((name) => !known.includes(name.replace(/_FILE$/, "")))).toEqual([]);
  });
});

describe.each(services)("%s", (name, service) => {
  test("is of one version, which nobody else can have published", () => {
    expect(service.image).toMatch(pinned);
    // Without a slash a name belongs to the official images, or is made here.
    if (service.build) expect(service.image).toBe(`superchat-${service.build.target}:${packages.version}`);
    else expect(service.image).not.toContain("/");
  });

  test("is not root, gains no rights, and writes to no file of its image", () => {
    expect(service.user).toMatch(/^(10001:10001|nginx|redis|appuser|postgres)$/);
    expect(service.cap_drop).toEqual(["ALL"]);
    expect(service.security_opt).toContain("no-new-privileges:true");
    expect(service.read_only).toBe(true);
  });

  test("is limited", () => {
    const { limits } = service.deploy.resources;
    expect(Number(withDefaults(String(limits.cpus)))).toBeGreaterThan(0);
    expect(limits.memory).toMatch(/^\d+[MG]$/);
    expect(Number(limits.pids)).toBeGreaterThan(0);
    expect(service.logging.options["max-size"]).toMatch(/^\d+m$/);
  });

  test("is started again when it ends, and asked how it is; or runs once", () => {
    expect(service.restart).toBe(oneShots.includes(name) ? "no" : "unless-stopped");
    expect(service.healthcheck === undefined).toBe(oneShots.includes(name));
    if (service.healthcheck) expect(service.healthcheck.test[0]).toMatch(/^CMD(-SHELL)?$/);
  });

  test("waits for nothing but what runs once before it, and what it names is stopped after it", () => {
    const waits = Object.entries(service.depends_on ?? {}).map(([other, { condition }]) => `${other} ${condition}`);
    const first = "secrets service_completed_successfully";
    const orderOnly = ["kafka", "postgres", "redis"].map((other) => `${other} service_started`);
    expect(waits.filter((each) => each !== first && !orderOnly.includes(each))).toEqual([]);
    if (/^(gateway|writer|bot)/.test(name)) expect(waits).toEqual(expect.arrayContaining(orderOnly));
  });

  test("has no secret that is written here", () => {
    const secret = /SECRET|PASSWORD|TOKEN/;
    const written = Object.entries(service.environment ?? {}).filter(
      ([key]) => secret.test(key) && !key.endsWith("_FILE"),
    );
    expect(written).toEqual([]);
    expect(JSON.stringify(service)).not.toMatch(/:\/\/[^/"]*:[^/"]*@/);
    const files = Object.entries(service.environment ?? {}).filter(([key]) => key.endsWith("_FILE"));
    for (const [, path] of files) {
      const folder = path.split("/").slice(0, -1).join("/");
      expect(service.volumes?.some((volume) => volume.endsWith(`:${folder}:ro`))).toBe(true);
    }
  });
});

describe("the Dockerfile", () => {
  const bases = [...dockerfile.matchAll(/^FROM (\S+) AS (\S+)$/gm)].map(([, image = "", stage = ""]) => ({
    image,
    stage,
  }));
  const stages = bases.map(({ stage }) => stage);

  test("has a target for every service that is built", () => {
    const targets = new Set(services.flatMap(([, { build }]) => (build ? [build.target] : [])));
    expect(stages.filter((stage) => !["packages", "superchat"].includes(stage)).sort()).toEqual([...targets].sort());
    expect(dockerfile.match(/^FROM /gm)).toHaveLength(bases.length);
  });

  test("starts from pinned images", () => {
    const foreign = bases.map(({ image }) => image).filter((image) => !stages.includes(image));
    expect(foreign.filter((image) => !pinned.test(image))).toEqual([]);
  });

  test("has the Bun that the tests ran with", () => {
    const images = bases.map(({ image }) => image).filter((image) => image.startsWith("oven/bun:"));
    expect(new Set(images)).toEqual(new Set([`oven/bun:${packages.dependencies.bun}-slim`]));
  });

  test("leaves no target to root", () => {
    const users: Record<string, string | undefined> = {};
    for (const part of dockerfile.split(/^(?=FROM )/m).slice(1)) {
      const [, image = "", stage = ""] = /^FROM (\S+) AS (\S+)/.exec(part) ?? [];
      users[stage] = [...part.matchAll(/^USER (\S+)/gm)].at(-1)?.[1] ?? users[image];
    }
    for (const stage of stages.filter((each) => each !== "packages"))
      expect(users[stage]).toMatch(/^(10001:10001|nginx|appuser)$/);
  });
});

describe("what an operator is told to run in a container", () => {
  const ignored = readFileSync(join(root, ".dockerignore"), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));

  /** As Docker reads it: the last line that fits a path, or a folder that it is in, counts. */
  function isInImage(path: string): boolean {
    const folders = path.split("/").map((_, at, parts) => parts.slice(0, at + 1).join("/"));
    const last = ignored.findLast((line) => folders.some((each) => new Bun.Glob(line.replace(/^!/, "")).match(each)));
    return last === undefined || last.startsWith("!");
  }

  function withImports(path: string, seen = new Set<string>()): ReadonlySet<string> {
    if (seen.has(path)) return seen;
    seen.add(path);
    const loader = /\.(tsx?)$/.exec(path)?.[1] as "ts" | "tsx" | undefined;
    if (loader === undefined) return seen;
    const source = readFileSync(join(root, path), "utf8");
    for (const { path: named } of new Bun.Transpiler({ loader }).scanImports(source)) {
      if (!/^[.#]/.test(named)) continue;
      withImports(relative(root, Bun.resolveSync(named, dirname(join(root, path)))), seen);
    }
    return seen;
  }

  const commands = readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .flatMap((name) => [
      ...readFileSync(join(root, "docs", name), "utf8").matchAll(/docker compose exec \S+ bun ([^\s`]+)/g),
    ])
    .map(([, path = ""]) => path);

  test("is there, with all that it needs", () => {
    expect(commands).toContain("scripts/container/upgrade.ts");
    for (const path of commands) expect([...withImports(path)].filter((each) => !isInImage(each))).toEqual([]);
  });

  test("would be missed where it is left out", () => {
    expect(["scripts/upgrade.ts", "tests/tidy.test.ts", "domain/levels.test.ts", ".env"].filter(isInImage)).toEqual([]);
  });

  test("can be told how long an update waits", () => {
    for (const name of ["gateway-1", "writer", "bot"])
      expect(Object.keys(compose.services[name]?.environment ?? {})).toEqual(
        expect.arrayContaining(["UPGRADE", "UPGRADE_AFTER_SECONDS"]),
      );
  });
});

/** As Compose reads it when nothing is set. */
function withDefaults(text: string): string {
  return text.replace(/\$\{\w+:-([^}]*)\}/g, "$1");
}
