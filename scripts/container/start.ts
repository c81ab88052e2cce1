/**
 * Starts a service in a container: `bun scripts/container/start.ts gateway/main.ts`. There secrets are files, so what
 * JWT_SECRET_FILE and POSTGRES_PASSWORD_FILE name is read into JWT_SECRET and POSTGRES_PASSWORD; then the service runs as ever.
 */
import { resolve } from "node:path";

const secrets = ["JWT_SECRET", "POSTGRES_PASSWORD"];

const [main = ""] = process.argv.slice(2);
for (const name of secrets) {
  const path = process.env[`${name}_FILE`];
  if (path) process.env[name] = await readSecret(name, path);
}
await import(resolve(main));

async function readSecret(name: string, path: string): Promise<string> {
  try {
    return (await Bun.file(path).text()).trim();
  } catch (error) {
    console.error(`${name}_FILE names ${path}, which can't be read: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  }
}
