/** What is in stock, for an operator's own file; fetching is tested beside it and in tests/services. */
import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engineEntry } from "./fetch-engine.ts";
import { keepMsOf } from "./shapes.ts";
import { createSupply } from "./supply.ts";

test("nothing is in stock before the engine is; then a file of the operator's is, by its own name", async () => {
  const folder = await mkdtemp(join(tmpdir(), "superchat-supply-"));
  try {
    const model = join(folder, "My-Model.gguf");
    const supply = createSupply({ folder, model });
    expect(await supply.fetch().catch(({ message }) => message)).toBe(`there is no file ${model}`);
    await Bun.write(model, "weights");
    expect(await supply.stock()).toBeUndefined();
    await Bun.write(engineEntry(folder), "");
    expect(await supply.stock()).toMatchObject({ name: "my-model", file: model, bytes: 7 });
    expect(await supply.fetch()).toMatchObject({ name: "my-model" });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test.each([
  [undefined, 300_000],
  [60, 60_000],
  ["10m", 600_000],
  ["1500ms", 1_500],
  ["30", 30_000],
  [-1, -1_000],
  [0, 0],
])("keep_alive %j is %i ms", (keep, ms) => {
  expect(keepMsOf(keep)).toBe(ms);
});
