/** The secret of a community that was not given one: made at first start and kept in the data folder, for its owner alone. */
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const secretBytes = 48;

export async function keptSecret(dataDir: string): Promise<string> {
  const path = join(dataDir, "secret");
  try {
    // "wx" makes only the first of two starts succeed.
    await writeFile(path, randomBytes(secretBytes).toString("base64url"), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  const secret = (await readFile(path, "utf8")).trim();
  if (secret.length === 0) throw new Error(`The file ${path} is empty. Delete it, and everybody signs in once more.`);
  return secret;
}
