/** The secret of a community that was not given one: made at first start and kept in the data folder, for its owner alone. */
import { randomBytes } from "node:crypto";
import { link, open, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

const secretBytes = 48;
const ownerOnly = 0o600;

export async function keptSecret(dataDir: string): Promise<string> {
  const path = join(dataDir, "secret");
  await makeSecret(path, ownerOnly);
  const secret = (await readFile(path, "utf8")).trim();
  if (secret.length === 0) throw new Error(`The file ${path} is empty. Delete it, and everybody signs in once more.`);
  return secret;
}

/**
 * It gets its name when it is whole and on the disk, and only if nothing has that name: neither a start that was killed nor a power
 * cut leaves half of one, and what is sealed with it can be opened afterwards. @returns whether it was made
 */
export async function makeSecret(path: string, mode: number): Promise<boolean> {
  const draft = `${path}.${process.pid}.new`;
  await rm(draft, { force: true });
  const file = await open(draft, "wx", mode);
  try {
    // The process' own mask does not count.
    await file.chmod(mode);
    await file.writeFile(randomBytes(secretBytes).toString("base64url"));
    await file.sync();
    await link(draft, path);
    await syncFolder(dirname(path));
    return true;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    return false;
  } finally {
    await file.close();
    await rm(draft, { force: true });
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  await folder.sync();
  await folder.close();
}
