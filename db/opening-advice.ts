/** What an operator can do about a database that can't be opened. Most causes leave all its data whole: then nothing is to be replaced. */

const restore = "Restore it from a copy, or move it away and start with a new one, or choose another DATA_DIR.";

/** The first that fits: a full disk makes Postgres panic, too. */
const known: readonly (readonly [why: RegExp, advice: string])[] = [
  [/no space left|quota exceeded/i, "Make room on its disk and start again: what it holds is whole."],
  [
    /is still in use|lock file .* already exists/,
    "A server of it is still ending, or runs: start again when it has ended.",
  ],
  [/belongs to another user\. Remove it/, "What it holds is whole."],
  [
    /there is no setpriv/,
    "Install setpriv (of util-linux), or start Superchat as the user that the folder belongs to.",
  ],
  [
    /only root may enter/,
    "Move the data folder to where every user may pass, or start Superchat as another user than root.",
  ],
  [
    /wrong ownership|invalid permissions|permission denied|not permitted/i,
    "It has to belong to the user that starts it, with all in it, and be closed to others (chown -R, chmod 700): what it holds is whole.",
  ],
  [
    /Unix-domain socket/,
    "Move the data folder to a shorter path, on a disk that can have sockets: what it holds is whole.",
  ],
  [
    /PANIC|invalid|a valid|corrupt|checksum|incompatible|no such file|does not exist|could not load|of Postgres/i,
    restore,
  ],
];

export function adviceOn(why: string): string {
  const [, advice] = known.find(([pattern]) => pattern.test(why)) ?? [];
  return advice ?? `Look first whether its disk has room and its files may be read. ${restore}`;
}
