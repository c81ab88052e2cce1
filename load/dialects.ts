/** How the servers that are measured side by side are spoken to. */
import type { Dialect } from "./swarm.ts";

interface Push {
  readonly push?: { readonly pub?: { readonly offset?: number; readonly data: { readonly text?: string } } };
}

interface Run {
  readonly run?: { readonly from: number; readonly to: number };
  readonly content?: string;
}

/** The Centrifuge protocol: a room's channel, from now on. @param tokens one is taken after the other */
export function centrifugeDialect(room: string, tokens: readonly string[]): Dialect {
  return {
    ...publications,
    path: "/connection/websocket",
    greet(socket, heard) {
      if (heard?.includes('"error"')) throw new Error(heard);
      // Both replies may come in one frame or in two.
      if (heard !== undefined) return heard.includes('"subscribe"') ? "subscribed" : "listen";
      const connect = { id: 1, connect: { token: tokens[socket % tokens.length] } };
      const subscribe = { id: 2, subscribe: { channel: `room:${room}` } };
      return { say: `${JSON.stringify(connect)}\n${JSON.stringify(subscribe)}` };
    },
    ping: { heard: "{}", said: "{}" },
  };
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

const publications: Pick<Dialect, "span" | "messages"> = {
  span(frame) {
    const from = frame.indexOf(offsetKey);
    if (from === -1) return undefined;
    return [numberAt(frame, from + offsetKey.length), numberAt(frame, frame.lastIndexOf(offsetKey) + offsetKey.length)];
  },
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
