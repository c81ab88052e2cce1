/** Who is named in somebody's own message and is not in its room: told to who wrote it, and to nobody else. */
import { isChatError } from "#domain/errors.ts";
import { isEventId } from "#domain/ids.ts";
import { waysIn } from "#domain/invitations.ts";
import { memberMessage } from "#domain/member-message.ts";
import { namesIn } from "#domain/mentioned-in.ts";
import type { Author } from "#domain/user.ts";
import type { AbsentProps } from "#views/fragments/absent.tsx";
import type { Parts } from "./app-env.ts";

/** As it is now, not as it was when they wrote. Undefined where there is nobody, and for a message that is not theirs to ask about. */
export async function absentFrom(
  { ports, config }: Pick<Parts, "ports" | "config">,
  sender: Author,
  ref: { readonly room: string; readonly message: string },
): Promise<AbsentProps | undefined> {
  if (!isEventId(ref.message)) return undefined;
  try {
    const { access, message } = await memberMessage(ports, sender, { room: ref.room, message: ref.message });
    if (message.author.id !== sender.id) return undefined;
    const { absent } = await namesIn(ports, access, message.text);
    const { room } = access;
    const people = absent.map((user) => ({ name: user.name, wayIn: waysIn(room, user, sender, config.addPeople) }));
    return people.length === 0 ? undefined : { room, people };
  } catch (error) {
    if (isChatError(error)) return undefined;
    throw error;
  }
}
