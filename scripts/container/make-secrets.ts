/** Makes the secrets of a community in containers at its first start, each in the volume that is given; what is there stays. */
import { randomBytes } from "node:crypto";
import { chmod, link, open, rm } from "node:fs/promises";
import { join } from "node:path";

const secretBytes = 48;
/** Its owner only: the gateways. */
const ownerReads = 0o400;
/** Its owner, and the group that Postgres is given. */
const groupReads = 0o440;

const [jwtFolder = "/secrets/jwt", postgresFolder = "/secrets/postgres"] = process.argv.slice(2);
await makeSecret(join(jwtFolder, "secret"), ownerReads);
await makeSecret(join(postgresFolder, "password"), groupReads);

/** It gets its name when it is whole, and only if nothing has that name: a start that was killed leaves no half of one. */
async function makeSecret(path: string, mode: number): Promise<void> {
  const draft = `${path}.${process.pid}.new`;
  await rm(draft, { force: true });
  const file = await open(draft, "wx", mode);
  await file.writeFile(randomBytes(secretBytes).toString("base64url"));
  await file.sync();
  await file.close();
  await chmod(draft, mode);
  try {
    await link(draft, path);
    console.log(`${path} is made.`);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    console.log(`${path} is there.`);
  } finally {
    await rm(draft, { force: true });
  }
}
