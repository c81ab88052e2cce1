/** Waiting for the disk where files are made and named by us. */
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Whatever happens afterwards, either all of it has the name or nothing has. The draft itself must be on the disk. */
export function putInPlace(draft: string, folder: string): void {
  renameSync(draft, folder);
  syncPath(dirname(folder));
}

/** Replaces what has the name, which has one or the other afterwards. */
export function writeInPlace(path: string, text: string): void {
  const draft = `${path}.new`;
  writeFileSync(draft, text);
  syncPath(draft);
  putInPlace(draft, path);
}

/** A file, or a folder with all in it. */
export function syncAll(path: string): void {
  const inside = statSync(path).isDirectory() ? readdirSync(path, { recursive: true, withFileTypes: true }) : [];
  for (const { name, parentPath } of inside) syncPath(join(parentPath, name));
  syncPath(path);
}

/** A folder's are the names in it. */
function syncPath(path: string): void {
  const file = openSync(path, "r");
  fsyncSync(file);
  closeSync(file);
}
