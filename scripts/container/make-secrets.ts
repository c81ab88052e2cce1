/** Makes the secrets of a community in containers at its first start, each in the volume that is given; what is there stays. */
import { join } from "node:path";
import { makeSecret } from "#gateway/kept-secret.ts";

/** Its owner only: the gateways. */
const ownerReads = 0o400;
/** Its owner, and the group that Postgres is given. */
const groupReads = 0o440;

const [jwtFolder = "/secrets/jwt", postgresFolder = "/secrets/postgres"] = process.argv.slice(2);
await make(join(jwtFolder, "secret"), ownerReads);
await make(join(postgresFolder, "password"), groupReads);

async function make(path: string, mode: number): Promise<void> {
  console.log((await makeSecret(path, mode)) ? `${path} is made.` : `${path} is there.`);
}
