/**
 * The part of the Centrifuge client protocol that load needs, as docs/protocol.md has it: commands and their replies, publications,
 * pings. Pure: the socket is the caller's. With callbacks, since one of k6's sockets lets no promise go on before it has ended.
 */

export interface Publication {
  /** None: it is no event of the room's. */
  readonly offset?: number;
  readonly data: EventData;
}

export interface EventData {
  readonly id: string;
  readonly type: string;
  readonly author?: { readonly id: string; readonly name: string };
  readonly text?: string;
  /** Of what it changes. */
  readonly message?: string;
  /** Of a bot's answer. */
  readonly answer?: { readonly question: string; readonly state: string };
  readonly piece?: string;
}

export interface Reply {
  readonly id?: number;
  readonly error?: { readonly code: number; readonly message: string; readonly temporary?: boolean };
  readonly connect?: { readonly ttl?: number };
  readonly refresh?: { readonly ttl?: number };
  readonly publish?: object;
  readonly subscribe?: {
    readonly epoch: string;
    readonly offset: number;
    readonly recovered?: boolean;
    readonly publications?: readonly Publication[];
  };
  readonly history?: {
    readonly epoch: string;
    readonly offset: number;
    readonly publications?: readonly Publication[];
  };
  readonly push?: Push;
}

export interface Push {
  readonly channel?: string;
  readonly pub?: Publication;
  /** The server ends a subscription. */
  readonly unsubscribe?: { readonly code: number };
}

export interface Command {
  readonly connect?: { readonly token: string };
  readonly refresh?: { readonly token: string };
  readonly subscribe?: {
    readonly channel: string;
    readonly recover?: boolean;
    readonly epoch?: string;
    readonly offset?: number;
  };
  readonly publish?: { readonly channel: string; readonly data: { readonly id: string; readonly text: string } };
  readonly history?: {
    readonly channel: string;
    readonly limit: number;
    readonly since?: { readonly epoch: string; readonly offset: number };
  };
}

export interface Conversation {
  /** One frame. `answered` is called at most once: never when the socket ends first. */
  readonly say: (command: Command, answered: (reply: Reply) => void) => void;
  /** A frame from the server. */
  readonly take: (frame: string) => void;
  /** Commands without a reply so far. */
  readonly open: () => number;
}

export interface Ends {
  readonly send: (frame: string) => void;
  readonly heard: (push: Push) => void;
}

export function createConversation({ send, heard }: Ends): Conversation {
  const waiting = new Map<number, (reply: Reply) => void>();
  let lastId = 0;
  const takeLine = (line: string) => {
    if (line === "{}") return send("{}");
    const reply: Reply = JSON.parse(line);
    if (reply.push !== undefined) heard(reply.push);
    if (reply.id === undefined) return;
    const answered = waiting.get(reply.id);
    waiting.delete(reply.id);
    answered?.(reply);
  };
  return {
    say(command, answered) {
      lastId += 1;
      waiting.set(lastId, answered);
      send(JSON.stringify({ id: lastId, ...command }));
    },
    take(frame) {
      for (const line of frame.split("\n")) if (line !== "") takeLine(line);
    },
    open: () => waiting.size,
  };
}

export const channelOf = (room: string) => `room:${room}`;
