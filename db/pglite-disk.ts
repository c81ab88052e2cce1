/** Makes PGlite wait for the disk. By itself it doesn't ask for it, and its file system on Bun has no way to. */
import { fsyncSync } from "node:fs";
import { PGlite } from "@electric-sql/pglite";
import { NodeFS } from "@electric-sql/pglite/nodefs";

/** With the default for `wal_sync_method`, fdatasync, its runtime answers without asking the file system. */
const startParams = [
  ...PGlite.defaultStartParams.filter((word) => word !== "-F"),
  ...["-c", "fsync=on", "-c", "wal_sync_method=fsync"],
];

/** What Emscripten's file system calls an open file, and the part of it that is asked to sync one. */
interface NodeFiles {
  readonly NODEFS: { readonly stream_ops: { fsync?: (stream: { readonly nfd: number }) => void } };
}

class SyncedFiles extends NodeFS {
  override async init(...[pg, options]: Parameters<NodeFS["init"]>): ReturnType<NodeFS["init"]> {
    const { emscriptenOpts } = await super.init(pg, options);
    const addSync = (module: unknown) => {
      (module as NodeFiles).NODEFS.stream_ops.fsync = ({ nfd }) => fsyncSync(nfd);
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), addSync] } };
  }
}

/** What `PGlite.create` needs beside other options. */
export function onDisk(folder: string): { readonly fs: NodeFS; readonly startParams: string[] } {
  return { fs: new SyncedFiles(folder), startParams: [...startParams] };
}
