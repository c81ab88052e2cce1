/** The patches that break the product on purpose still fit it. Whether they are noticed is tried by mutations.ts, for longer. */
import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { patches } from "./mutations.ts";

const root = join(import.meta.dir, "../..");

test.each(readdirSync(patches))("%s fits", (file) => {
  const { stderr } = Bun.spawnSync(["git", "apply", "--check", join(patches, file)], { cwd: root });
  expect(stderr.toString()).toBe("");
});
