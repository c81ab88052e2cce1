import { expect, test } from "bun:test";
import { adviceOn } from "./opening-advice.ts";

const whole: [why: string, advice: string][] = [
  [
    'could not create lock file "postmaster.pid": No space left on device',
    "Make room on its disk and start again: what it holds is whole.",
  ],
  ['PANIC: could not write to file "pg_wal/xlogtemp.7": No space left on device', "Make room on its disk"],
  ["ENOSPC: no space left on device, mkdir", "Make room on its disk"],
  ['could not extend file "base/5/1259": Disk quota exceeded', "Make room on its disk"],
  ["pre-existing shared memory block (key 1, ID 2) is still in use", "start again when it has ended"],
  ['lock file "postmaster.pid" already exists', "start again when it has ended"],
  ["data/postgres-socket belongs to another user. Remove it, or choose another DATA_DIR.", "What it holds is whole."],
  ["Services are not run as root, and there is no setpriv to run them otherwise.", "Install setpriv"],
  ["Services are not run as root, and data is below a folder that only root may enter.", "where every user may pass"],
  ['data directory "data/postgres" has wrong ownership', "chown -R, chmod 700"],
  ['data directory "data/postgres" has invalid permissions', "chown -R, chmod 700"],
  ['could not open file "global/pg_control": Permission denied', "chown -R, chmod 700"],
  ['could not create lock file "postmaster.pid": Operation not permitted', "chown -R, chmod 700"],
  ["could not create any Unix-domain sockets", "on a disk that can have sockets"],
];

test.each(whole)("a database that is whole is not to be replaced: %s", (why, advice) => {
  expect(adviceOn(why)).toContain(advice);
  expect(adviceOn(why)).not.toMatch(/Restore|move it away|new one/);
});

const damaged = [
  'could not open file "global/pg_control": No such file or directory',
  "database files are incompatible with server",
  "could not locate a valid checkpoint record at 0/CEE678",
  'invalid page in block 0 of relation "global/1260"',
  'database "postgres" does not exist',
  "could not load data/postgres/pg_hba.conf",
  "incorrect checksum in control file",
  "it is of Postgres 16, and this Superchat reads 18.",
];

test.each(damaged)("one that is damaged is: %s", (why) => {
  expect(adviceOn(why)).toMatch(/^Restore it from a copy, or move it away and start with a new one, or choose/);
});

test("where the cause is not known, what leaves it whole is looked at first", () => {
  expect(adviceOn("PGlite failed to initialize properly")).toMatch(/^Look first whether .* Restore it from a copy,/);
});
