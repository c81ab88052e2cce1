/** Starts a service in a container: `bun scripts/container/start.ts gateway/main.ts`, which runs as ever once the secrets are read. */
import { resolve } from "node:path";
import { readSecretFiles } from "./secret-files.ts";

const [main = ""] = process.argv.slice(2);
await readSecretFiles();
await import(resolve(main));
