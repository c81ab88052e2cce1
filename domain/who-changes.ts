/** Who may change a message, by editing or deleting it. The one place for it: the store has it in adapters/postgres/change-messages.ts. */
import type { Author } from "./user.ts";

/** Whether a change of a message, or of what quotes it, counts. @param of who wrote the message */
export function counts(change: { readonly author: Pick<Author, "id"> }, of: Pick<Author, "id">): boolean {
  return change.author.id === of.id;
}
