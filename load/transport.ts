/**
 * The small part of the Centrifuge client protocol that load needs, over `/connection/websocket`: post and wait for the ack,
 * and hear what others post. Keeps nothing of what it has seen.
 */

export interface LoadSocket {
  /** Resolves at the ack, in milliseconds after the sending. Any number may be on their way. */
  post(room: string, text: string): Promise<number>;
  close(): void;
}

export interface LoadSocketOptions {
  readonly url: string;
  readonly token: string;
  /** Heard of from here on: each message's text, in order. */
  readonly follow?: { readonly room: string; readonly heard: (text: string, offset: number) => void };
}

interface Reply {
  readonly id?: number;
  readonly error?: { readonly code: number; readonly message: string };
  readonly push?: { readonly pub?: { readonly offset: number; readonly data: { readonly text?: string } } };
}

interface Waiting {
  readonly since: number;
  readonly resolve: (ms: number) => void;
  readonly reject: (error: Error) => void;
}

export async function openLoadSocket({ url, token, follow }: LoadSocketOptions): Promise<LoadSocket> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/connection/websocket`);
  const waiting = new Map<number, Waiting>();
  let id = 0;
  const failAll = (why: string) => {
    for (const { reject } of waiting.values()) reject(new Error(why));
    waiting.clear();
  };
  const take = ({ id: of, error, push }: Reply) => {
    const call = of === undefined ? undefined : waiting.get(of);
    if (of !== undefined && call !== undefined) {
      waiting.delete(of);
      if (error === undefined) call.resolve(performance.now() - call.since);
      else call.reject(new Error(`refused: ${error.code} ${error.message}`));
    }
    if (push?.pub?.data.text !== undefined) follow?.heard(push.pub.data.text, push.pub.offset);
  };
  socket.addEventListener("message", ({ data }) => {
    for (const line of String(data).split("\n")) {
      if (line === "{}") socket.send("{}");
      else take(JSON.parse(line));
    }
  });
  socket.addEventListener("close", ({ code, reason }) => failAll(`the socket ended: ${code} ${reason}`));
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error("the socket was refused")));
  });
  const call = (command: Readonly<Record<string, unknown>>) => {
    if (socket.readyState !== WebSocket.OPEN) return Promise.reject(new Error("the socket has ended"));
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    id += 1;
    waiting.set(id, { since: performance.now(), resolve, reject });
    socket.send(JSON.stringify({ id, ...command }));
    return promise;
  };
  await call({ connect: { token } });
  if (follow !== undefined) await call({ subscribe: { channel: `room:${follow.room}` } });
  return {
    post: (room, text) => call({ publish: { channel: `room:${room}`, data: { id: Bun.randomUUIDv7(), text } } }),
    close: () => socket.close(),
  };
}
