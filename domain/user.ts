/** A person (or bot) and the rules for names and passwords. Look-alike names count as the same name. */
import { ChatError } from "./errors.ts";
import type { UserId } from "./ids.ts";
import { byteLength, checkOneLine, checkVisible } from "./text.ts";

export { nameKey, nameSkeleton } from "./look-alikes.ts";

export interface Author {
  readonly id: UserId;
  readonly name: string;
}

export interface User extends Author {
  readonly kind: "person" | "bot";
  readonly createdAt: string;
  /** Whose bot this is. A bot without an owner is the operator's. */
  readonly owner?: UserId;
}

/** The account that answers as @superchat and that opens the lobby. Nobody can sign in with it. */
export const systemName = "superchat";

export const maxNameLength = 32;
export const minPasswordLength = 8;
export const maxPasswordLength = 256;

const allowed = /^[\p{L}\p{Nd}][\p{L}\p{Nd}\p{M}._-]*$/u;
const longMarks = /\p{M}{3,}/u;
/** Scripts whose letters pass for one another: a name may use one of them only. */
const alikeScripts = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
];

/** Returns the name in NFC, or refuses it with what to do. */
export function parseUserName(raw: string): string {
  const name = raw.normalize("NFC").replace(/^ +| +$/g, "");
  const length = [...name].length;
  if (length === 0) throw invalidName("Choose a name.");
  if (length > maxNameLength) throw invalidName(`A name has at most ${maxNameLength} characters.`);
  checkOneLine(name, "name");
  checkVisible(name, "name");
  if (name.normalize("NFKC") !== name || longMarks.test(name) || !allowed.test(name)) {
    throw invalidName(
      "A name starts with a letter or digit and has only letters, digits, dots, dashes and underscores.",
    );
  }
  if (alikeScripts.filter((script) => script.test(name)).length > 1) {
    throw invalidName("A name must not mix alphabets whose letters look alike.");
  }
  return name;
}

export function checkPassword(password: string): void {
  const length = [...password].length;
  if (length < minPasswordLength) throw invalidPassword(`A password has at least ${minPasswordLength} characters.`);
  if (length > maxPasswordLength || byteLength(password) > 4 * maxPasswordLength) {
    throw invalidPassword(`A password has at most ${maxPasswordLength} characters.`);
  }
  if (password.includes("\0") || !password.isWellFormed()) throw invalidPassword("The password must be plain text.");
}

function invalidName(sentence: string): ChatError {
  return new ChatError("invalid", sentence, { field: "name" });
}

function invalidPassword(sentence: string): ChatError {
  return new ChatError("invalid", sentence, { field: "password" });
}
