/** The smallest model with its engine, real and quick, for tests and trials: fetched once, as the product fetches it. */
import { join } from "node:path";
import { createSupply, type Stock } from "../../adapters/embedded-model/supply.ts";
import { cacheFolder } from "./cache.ts";
import { ensurePython } from "./pip.ts";

/** Speaks fluently and knows nothing: nothing may depend on its words. */
export const smallModel = "smollm2:135m";
export const smallModelFolder = join(cacheFolder, "language-model");

/** @throws Error that says of each source why it failed */
export async function ensureSmallModel(): Promise<Stock> {
  const supply = createSupply({ folder: smallModelFolder, model: smallModel });
  const here = await supply.stock();
  if (here !== undefined) return here;
  console.log(`Fetching the model ${smallModel} and its engine (200 MB, once).`);
  ensurePython();
  return await supply.fetch();
}
