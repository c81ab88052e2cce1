/** Where what was fetched or built for tests is kept between runs: node_modules/.cache, or the folder that SUPERCHAT_CACHE names. */
import { join } from "node:path";

export const cacheFolder = process.env.SUPERCHAT_CACHE || join(import.meta.dir, "../../node_modules/.cache/superchat");
