/** The functions inside Redis (superchat.lua): their names carry a digest of the source, so versions can live side by side. */
import template from "./superchat.lua" with { type: "text" };

export type FunctionName =
  | "new_epoch"
  | "publish"
  | "leave_to_writer"
  | "caught_up"
  | "read"
  | "read_deletions"
  | "confirm"
  | "take"
  | "give_back"
  | "enter"
  | "leave"
  | "online"
  | "count"
  | "claim_pen"
  | "grow"
  | "read_texts";

const digestLength = 12;
const version = new Bun.CryptoHasher("sha256").update(template).digest("hex").slice(0, digestLength);

export const librarySource = template.replaceAll("VERSION", version);

const readOnly: ReadonlySet<FunctionName> = new Set(["read", "read_deletions", "online", "count", "read_texts"]);

export function functionCall(name: FunctionName, keys: readonly string[], args: readonly string[]): string[] {
  const command = readOnly.has(name) ? "FCALL_RO" : "FCALL";
  return [command, `${name}_${version}`, `${keys.length}`, ...keys, ...args];
}

/** The server was restarted without its data: functions are data, too. */
export function isFunctionMissing(error: unknown): boolean {
  return error instanceof Error && error.message.includes("Function not found");
}
