/** How the servers that are measured side by side are spoken to. */
import type { Dialect, Greeting } from "./swarm.ts";

interface Push {
  readonly push?: { readonly pub?: { readonly offset?: number; readonly data: { readonly text?: string } } };
}

interface Run {
  readonly run?: { readonly from: number; readonly to: number };
  readonly content?: string;
}

/** Of those who come back so many look at every offset: thousands who did would measure themselves. */
const checksEvery = 20;

/** Where a program is in a room. */
export interface Place {
  readonly room: string;
  /** Comes back with it, and is given what it missed. */
  readonly from?: { readonly epoch: string; readonly offset: number };
}

/** The Centrifuge protocol: a room's channel. @param tokens one is taken after the other, as places are */
export function centrifugeDialect(places: readonly Place[], tokens: readonly string[]): Dialect {
  return {
    ...publications,
    path: "/connection/websocket",
    greet(socket, heard) {
      const { room, from } = places[socket % places.length] as Place;
      // Both replies may come in one frame or in two.
      if (heard !== undefined) return afterReply(heard, from?.offset, socket % checksEvery === 0);
      const connect = { id: 1, connect: { token: tokens[socket % tokens.length] } };
      const subscribe = { id: 2, subscribe: { channel: `room:${room}`, ...(from && { recover: true, ...from }) } };
      return { say: `${JSON.stringify(connect)}\n${JSON.stringify(subscribe)}` };
    },
    ping: { heard: "{}", said: "{}" },
  };
}

interface Subscribed {
  readonly error?: { readonly message: string };
  readonly subscribe?: { readonly recovered?: boolean; readonly publications?: readonly { readonly offset: number }[] };
}

/**
 * @param offset what the program has; undefined when it does not recover
 * @param whole whether every offset is looked at, or the last alone
 * @throws Error when it is not given exactly what follows
 */
function afterReply(heard: string, offset: number | undefined, whole: boolean): Greeting {
  if (offset !== undefined && !whole && heard.includes('"recovered":true')) {
    return { subscribedAt: Number.parseInt(heard.slice(heard.lastIndexOf('"offset":') + '"offset":'.length), 10) };
  }
  for (const line of heard.split("\n")) {
    const { error, subscribe } = JSON.parse(line) as Subscribed;
    if (error !== undefined) throw new Error(error.message);
    if (subscribe === undefined) continue;
    if (offset === undefined) return "subscribed";
    if (subscribe.recovered !== true) throw new Error("was not recovered");
    const given = subscribe.publications ?? [];
    const wrong = given.find((publication, at) => publication.offset !== offset + 1 + at);
    if (wrong !== undefined) throw new Error(`${wrong.offset} does not follow on what it has`);
    return { subscribedAt: offset + given.length };
  }
  return "listen";
}

/** A page that shows the room. It takes what comes once it was told that it is up to date. */
export function pageDialect(room: string, tokens: readonly string[], origin: string): Dialect {
  return {
    path: `/live?room=${room}`,
    headers: (socket) => [`Origin: ${origin}`, `Cookie: superchat_access=${tokens[socket % tokens.length]}`],
    // The counts come last.
    greet: (_, heard) => (heard?.startsWith('{"unread"') ? "subscribed" : "listen"),
    span(frame) {
      if (!frame.subarray(0, runStart.length).equals(runStart)) return undefined;
      return [numberAfter(frame, fromKey), numberAfter(frame, toKey)];
    },
    messages(frame) {
      const { run, content = "" } = JSON.parse(frame) as Run;
      if (run === undefined) return [];
      const texts = [...content.matchAll(/\b\d{13} \w/g)].map(([text]) => text);
      return texts.map((text, at) => ({ offset: run.from + at, text }));
    },
  };
}

/** Of all that have one in a frame of JSON. */
export function firstAndLastOffset(frame: Buffer): readonly [number, number] | undefined {
  const from = frame.indexOf(offsetKey);
  if (from === -1) return undefined;
  return [numberAt(frame, from + offsetKey.length), numberAt(frame, frame.lastIndexOf(offsetKey) + offsetKey.length)];
}

const publications: Pick<Dialect, "span" | "messages"> = {
  span: firstAndLastOffset,
  messages: (frame) =>
    frame.split("\n").flatMap((line) => {
      const { offset, data } = (JSON.parse(line) as Push).push?.pub ?? {};
      return offset === undefined ? [] : [{ offset, text: data?.text ?? "" }];
    }),
};

/** A bare server: frames as the Centrifuge protocol has them, to whoever is there. */
export const bareDialect: Dialect = { ...publications, path: "/", greet: () => "subscribed" };

const offsetKey = Buffer.from('"offset":');
const runStart = Buffer.from('{"run":');
const fromKey = Buffer.from('"from":');
const toKey = Buffer.from('"to":');

function numberAfter(data: Buffer, key: Buffer): number {
  return numberAt(data, data.indexOf(key) + key.length);
}

function numberAt(data: Buffer, from: number): number {
  let value = 0;
  for (let at = from; ; at++) {
    const digit = (data[at] ?? 0) - 48;
    if (digit < 0 || digit > 9) return value;
    value = value * 10 + digit;
  }
}
