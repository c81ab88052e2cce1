/** How the peers' servers are spoken to: by those who listen, and by those who post. */
import { openCalls } from "../calls.ts";
import { firstAndLastOffset } from "../dialects.ts";
import type { Dialect } from "../swarm.ts";
import type { LoadSocket } from "../transport.ts";

interface Message {
  readonly offset: number;
  readonly text: string;
}

/** The servers for plain WebSockets: JSON, one message a line. @param rooms one is taken after the other */
export function plainDialect(rooms: readonly string[]): Dialect {
  const join = (socket: number) => JSON.stringify({ id: 1, join: rooms[socket % rooms.length] });
  return {
    path: "/",
    greet: (socket, heard) => (heard === undefined ? { say: join(socket) } : "subscribed"),
    span: firstAndLastOffset,
    messages: (frame) => frame.split("\n").map((line) => JSON.parse(line) as Message),
  };
}

export async function openPlainSocket(url: string): Promise<LoadSocket> {
  const { call, close } = await openCalls(url.replace("http", "ws"), (frame, answered) =>
    frame.split("\n").forEach((line) => {
      answered((JSON.parse(line) as { readonly id: number }).id);
    }),
  );
  return { post: (room, text) => call((id) => JSON.stringify({ id, room, post: text })), close };
}

/** socket.io's protocol over engine.io's: 0 opens, 2 is answered by 3, 40 connects, 42 is an event and 43 the answer to one. */
const socketIoPath = "/socket.io/?EIO=4&transport=websocket";

export function socketIoDialect(rooms: readonly string[]): Dialect {
  return {
    path: socketIoPath,
    greet(socket, heard) {
      if (heard === undefined) return "listen";
      if (heard.startsWith("0")) return { say: "40" };
      if (heard.startsWith("40")) return { say: `421${JSON.stringify(["join", rooms[socket % rooms.length]])}` };
      return heard.startsWith("431") ? "subscribed" : "listen";
    },
    ping: { heard: "2", said: "3" },
    span: firstAndLastOffset,
    messages(frame) {
      if (!frame.startsWith("42")) return [];
      const [, message] = JSON.parse(frame.slice(2)) as [string, Message];
      return [message];
    },
  };
}

export async function openSocketIoSocket(url: string): Promise<LoadSocket> {
  const connected = Promise.withResolvers<void>();
  const { call, close } = await openCalls(`${url.replace("http", "ws")}${socketIoPath}`, (frame, answered, { say }) => {
    if (frame === "2") say("3");
    else if (frame.startsWith("40")) connected.resolve();
    else if (frame.startsWith("43")) answered(Number.parseInt(frame.slice(2), 10));
    else if (frame.startsWith("0")) say("40");
  });
  await connected.promise;
  return { post: (room, text) => call((id) => `42${id}${JSON.stringify(["post", room, text])}`), close };
}
