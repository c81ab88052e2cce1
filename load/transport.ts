/**
 * The small part of the Centrifuge client protocol that load needs, over `/connection/websocket`: post and wait for the ack,
 * and hear what others post. Keeps nothing of what it has seen.
 */
import { openCalls } from "./calls.ts";

export interface LoadSocket {
  /** Resolves at the ack, in milliseconds after the sending. Any number may be on their way. */
  post(room: string, text: string): Promise<number>;
  close(): void;
}

export interface LoadSocketOptions {
  readonly url: string;
  readonly token: string;
  /** Said with each text. Superchat adds who, when and where by itself. */
  readonly besides?: Readonly<Record<string, unknown>>;
  /** Heard of from here on: each message's text, in order. */
  readonly follow?: { readonly room: string; readonly heard: (text: string, offset: number) => void };
}

interface Reply {
  readonly id?: number;
  readonly error?: { readonly code: number; readonly message: string };
  readonly push?: { readonly pub?: { readonly offset: number; readonly data: { readonly text?: string } } };
}

export async function openLoadSocket({ url, token, besides, follow }: LoadSocketOptions): Promise<LoadSocket> {
  const address = `${url.replace("http", "ws")}/connection/websocket`;
  const { call, close } = await openCalls(address, (frame, answered, { say }) => {
    for (const line of frame.split("\n")) {
      const { id, error, push }: Reply = JSON.parse(line);
      if (line === "{}") say("{}");
      if (id !== undefined) answered(id, error && `${error.code} ${error.message}`);
      if (push?.pub?.data.text !== undefined) follow?.heard(push.pub.data.text, push.pub.offset);
    }
  });
  const command = (what: Readonly<Record<string, unknown>>) => call((id) => JSON.stringify({ id, ...what }));
  await command({ connect: { token } });
  if (follow !== undefined) await command({ subscribe: { channel: `room:${follow.room}` } });
  return {
    post: (room, text) =>
      command({ publish: { channel: `room:${room}`, data: { id: Bun.randomUUIDv7(), ...besides, text } } }),
    close,
  };
}
