/** Waiting for the disk where files are made and named by us. */
import { closeSync, fsyncSync, openSync, readdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";

/** Whatever happens afterwards, either all of it has the name or nothing has. The draft itself must be on the disk. */
export function putInPlace(draft: string, folder: string): void {
  renameSync(draft, folder);
  syncPath(dirname(folder));
}

export function syncAll(folder: string): void {
  for (const { name, parentPath } of readdirSync(folder, { recursive: true, withFileTypes: true }))
    syncPath(join(parentPath, name));
  syncPath(folder);
}

/** A folder's are the names in it. */
function syncPath(path: string): void {
  const file = openSync(path, "r");
  fsyncSync(file);
  closeSync(file);
}
