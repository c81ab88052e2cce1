/** Names that nobody may take, because they would pass for everybody, for the place itself or for who runs it. Accounts that have one keep it. */
import { ChatError } from "./errors.ts";
import { folded } from "./fold.ts";
import { nameSkeleton, parseUserName, systemName } from "./user.ts";

const many = "all anybody anyone channel everybody everyone group here members online people room rooms";
const whoRunsIt =
  "admin admins administrator administrators helpdesk mod mods moderator moderators official operator operators owner " +
  "postmaster root security staff support sysadmin system webmaster";
const nobody = "anonymous bot bots deleted noreply nobody null undefined unknown";

/** Their looks, so that adm1n, ádmin and Ad.min are reserved with them. */
const reserved: ReadonlySet<string> = new Set([many, whoRunsIt, nobody].join(" ").split(" ").map(lookOf));
const ours = lookOf(systemName);

/** A name for a new account. @throws ChatError invalid */
export function parseNewName(raw: string): string {
  const name = parseUserName(raw);
  checkLetters(name);
  if (!isReserved(name)) return name;
  throw refused("This name is reserved; choose another.");
}

/** Scripts whose letters pass for one another; see also parseUserName, which older names passed. */
const alikeScripts = [
  /\p{sc=Latin}/u,
  /\p{sc=Cyrillic}/u,
  /\p{sc=Greek}/u,
  /\p{sc=Armenian}/u,
  /\p{sc=Cherokee}/u,
].concat([/\p{sc=Lisu}/u, /\p{sc=Coptic}/u, /\p{sc=Canadian_Aboriginal}/u, /\p{sc=Deseret}/u, /\p{sc=Osage}/u]);
const otherDigits = /(?![0-9])\p{Nd}/u;
/** Drawn through a letter or around it. */
const overlays = /\p{Me}|[\u0334-\u0338\u20D2\u20D3\u20D8-\u20DA\u20E5\u20E6\u20EA\u20EB]/u;
/** Drawn like an apostrophe, an accent or a point. A name may begin with the letter of Hawaiian that looks like one. */
const modifiers = "\\u02B9-\\u02C1\\u02C6-\\u02D1\\u02EC\\u02EE\\u07F4\\u07F5\\uA717-\\uA71F\\uA788\\uA78B\\uA78C";
const modifierAtEnd = new RegExp(`^(?!\\u02BB)[${modifiers}]|[${modifiers}][._-]*$`, "u");

/** What makes a name pass for another one, and is in no name of a living language. */
function checkLetters(name: string): void {
  const scripts = alikeScripts.filter((script) => script.test(name)).length;
  if (scripts > 1) throw refused("A name must not mix alphabets whose letters look alike.");
  const digits = new Set(name.match(/\p{Nd}/gu)?.map(zeroOf));
  if (digits.size > 1 || (scripts > 0 && otherDigits.test(name)))
    throw refused("A name's digits must be of one script, the one of its letters.");
  if (overlays.test(name)) throw refused("A name must not have marks through its letters or around them.");
  if (modifierAtEnd.test(name))
    throw refused("A name must begin and end with a letter or digit that stands by itself.");
}

/** Digits of a script follow one another from its zero on. */
function zeroOf(digit: string): number {
  let zero = digit.codePointAt(0) ?? 0;
  for (let steps = 0; steps < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1)); steps++) zero--;
  return zero;
}

function refused(sentence: string): ChatError {
  return new ChatError("invalid", sentence, { field: "name" });
}

/** Also what only begins like the name of Superchat's own account: who answers to @superchat.help speaks for it. */
export function isReserved(name: string): boolean {
  const look = lookOf(name);
  return reserved.has(look) || look.startsWith(ours);
}

function lookOf(name: string): string {
  return nameSkeleton(folded(name)).replaceAll(/[._-]/g, "");
}
