/** Names that nobody may take, because they would pass for everybody, for the place itself or for who runs it. Accounts that have one keep it. */
import { ChatError } from "./errors.ts";
import { folded } from "./fold.ts";
import { nameSkeleton, parseUserName, systemName } from "./user.ts";

const many = "all anybody anyone channel everybody everyone group here members online people room rooms";
const whoRunsIt =
  "admin admins administrator administrators helpdesk mod mods moderator moderators official operator operators owner " +
  "postmaster root security staff support sysadmin system webmaster";
const nobody = "anonymous deleted noreply nobody null undefined unknown";

/** Their looks, so that adm1n, ádmin and Ad.min are reserved with them. */
const reserved: ReadonlySet<string> = new Set([many, whoRunsIt, nobody].join(" ").split(" ").map(lookOf));
const ours = lookOf(systemName);

/** A name for a new account. @throws ChatError invalid */
export function parseNewName(raw: string): string {
  const name = parseUserName(raw);
  if (!isReserved(name)) return name;
  throw new ChatError("invalid", "This name is reserved; choose another.", { field: "name" });
}

/** Also what only begins like the name of Superchat's own account: who answers to @superchat.help speaks for it. */
export function isReserved(name: string): boolean {
  const look = lookOf(name);
  return reserved.has(look) || look.startsWith(ours);
}

function lookOf(name: string): string {
  return nameSkeleton(folded(name)).replaceAll(/[._-]/g, "");
}
