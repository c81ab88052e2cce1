/** Names what a message says, so that an edit can say which words it was made for. Reactions change nothing of it. */
import { ChatError } from "./errors.ts";
import type { Message } from "./message.ts";

type Said = Pick<Message, "text" | "editedAt" | "deleted" | "answer">;

/** Letters, digits and dashes: the same on every gateway, another one after each edit. */
export function versionOf({ text, editedAt, deleted, answer }: Said): string {
  const when = editedAt === undefined ? "0" : Date.parse(editedAt).toString(36);
  return [when, digestOf(text), ...(deleted ? ["deleted"] : []), ...(answer ? [answer.state] : [])].join("-");
}

/** @param expected the versions that the change was made for; undefined: any @throws ChatError changed */
export function checkVersion(message: Message, expected: readonly string[] | undefined): void {
  const version = versionOf(message);
  if (expected === undefined || expected.includes(version)) return;
  throw new ChatError("changed", "This message was changed in the meantime, perhaps on another device.", {
    current: { version, text: message.text },
  });
}

/** 64 bits, by two multiplicative hashes over UTF-16 code units: no secret, only unlikely to meet by chance. */
function digestOf(text: string): string {
  let [one, other] = [0x811c9dc5, 0x2545f491];
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    one = Math.imul(one ^ unit, 0x01000193);
    other = Math.imul(other ^ (unit + index), 0x5bd1e995);
    other ^= other >>> 15;
  }
  return `${(one >>> 0).toString(36)}-${(other >>> 0).toString(36)}`;
}
