/** A socket as a gateway holds them, whose reader sleeps: with so many bytes waiting, besides what the kernel took. */
import type { Server, ServerWebSocket } from "bun";
import { socketLimits } from "#gateway/sockets.ts";
import { openStalledReader, type StalledReader } from "./stalled-reader.ts";
import { until } from "./wait.ts";

interface SocketState {
  drained: (() => void) | undefined;
  closed: boolean;
}

export interface SleepingSocket {
  readonly socket: ServerWebSocket<SocketState>;
  readonly server: Server<SocketState>;
  readonly reader: StalledReader;
}

/** The socket hears what is published to it. */
export const topic = "room";
const frameBytes = 16 * 1024;
/** Of a frame of 126 bytes to 64 KiB. */
const headBytes = 4;

export async function withWaiting(bytes: number, work: (sleeping: SleepingSocket) => Promise<void>): Promise<void> {
  const opened = Promise.withResolvers<ServerWebSocket<SocketState>>();
  const server = Bun.serve<SocketState>({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request, own) {
      const data = { drained: undefined, closed: false };
      return own.upgrade(request, { data }) ? undefined : new Response(null, { status: 426 });
    },
    websocket: {
      ...socketLimits,
      open(socket) {
        socket.subscribe(topic);
        opened.resolve(socket);
      },
      message() {},
      drain: ({ data }) => data.drained?.(),
      close({ data }) {
        data.closed = true;
        data.drained?.();
      },
    },
  });
  try {
    const reader = await openStalledReader(server.url.origin, { path: "/" });
    const socket = await opened.promise;
    const full = () => {
      const before = socket.getBufferedAmount();
      while (socket.getBufferedAmount() === 0) socket.send("x".repeat(frameBytes));
      return before > 0;
    };
    await until(full, { what: "a kernel that takes no more" });
    const left = () => bytes - socket.getBufferedAmount();
    while (left() > 3 * frameBytes) socket.send("x".repeat(frameBytes));
    socket.send("x".repeat(left() - headBytes));
    if (left() !== 0) throw new Error(`${socket.getBufferedAmount()} bytes wait instead of ${bytes}.`);
    await work({ socket, server, reader });
  } finally {
    await server.stop(true);
  }
}
