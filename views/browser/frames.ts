/** The frames of the page's socket, as both sides write them. Reading one never throws. */

export interface Run {
  readonly room: string;
  readonly epoch: string;
  readonly from: number;
  readonly to: number;
}

/** What now stands in a message that the page may show. */
export interface TextChange {
  readonly id: string;
  readonly author: string;
  readonly html: string;
  /** For the quotes of it; absent once it is deleted. */
  readonly excerpt?: string;
}

/** Somebody reacts to a message that the page may show, or takes that back. */
export interface ReactionChange {
  readonly id: string;
  readonly user: string;
  readonly emoji: string;
  readonly added: boolean;
}

export type Change = TextChange | ReactionChange;

/** More of a text that is being written; at 0 it is the whole text so far. Positions count UTF-16 code units. */
export interface Grown {
  readonly room: string;
  readonly message: string;
  readonly at: number;
  readonly piece: string;
  readonly note: string;
}

export interface Place {
  readonly room: string;
  readonly epoch: string;
  readonly offset: number;
}

export interface Refusal {
  readonly id: string;
  readonly code: string;
  readonly sentence: string;
  /** What of the post is at fault, where one part is. */
  readonly field?: string;
  readonly retryAfterMs?: number;
}

/** Message offset, its author and whom it mentions. */
export type ActiveMessage = readonly [offset: number, author: string, mentions: readonly string[]];

/** A message at `offset` reads otherwise since the event at `at`: whom it names now, and whether it is gone. */
export type Revised = readonly [
  at: number,
  offset: number,
  author: string,
  mentions: readonly string[],
  deleted: boolean,
];

export interface Activity {
  readonly room: string;
  readonly from: number;
  readonly to: number;
  readonly messages: readonly ActiveMessage[];
  readonly revised?: readonly Revised[];
}

export interface UnreadRoom {
  readonly room: string;
  readonly readOffset: number;
  readonly unread: number;
  readonly mentions: number;
  /** The newest offset the counts include, where the server says it. */
  readonly offset?: number;
}

export interface ServerFrame {
  readonly run?: Run;
  readonly content?: string;
  readonly changes?: readonly Change[];
  readonly grown?: Grown;
  readonly reset?: Place;
  readonly caughtUp?: Place;
  /** `absent`: somebody is named in it who is not in the room. */
  readonly ack?: { readonly id: string; readonly absent?: true };
  readonly refused?: Refusal;
  readonly activity?: Activity;
  readonly unread?: readonly UnreadRoom[];
  readonly typing?: { readonly room: string; readonly user: { readonly id: string; readonly name: string } };
  readonly presence?: { readonly room?: string; readonly user: string; readonly online: boolean };
  readonly rooms?: { readonly room: string; readonly member: boolean };
  /** An invitation or a message request came, or is answered. */
  readonly waiting?: true;
  /** One's own message request, in this room, is accepted. */
  readonly accepted?: string;
  readonly signedOut?: true;
}

export interface Post {
  readonly id: string;
  readonly room: string;
  readonly text: string;
  readonly resend?: true;
  /** Id of the message it answers. */
  readonly replyTo?: string;
}

export type PageFrame =
  | { readonly post: Post }
  | { readonly read: { readonly room: string; readonly offset: number } }
  | { readonly recount: { readonly room: string } }
  | { readonly typing: { readonly room: string } };

export function parseFrame(data: unknown): ServerFrame | undefined {
  if (typeof data !== "string") return undefined;
  try {
    const frame: unknown = JSON.parse(data);
    return typeof frame === "object" && frame !== null ? (frame as ServerFrame) : undefined;
  } catch {
    return undefined;
  }
}
