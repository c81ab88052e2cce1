/** One address holds so many connections through nginx and no more, while others come in as ever. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { until } from "../support/wait.ts";
import { type BehindBalancer, type NginxWorld, openNginxWorld, startBehindBalancer } from "./nginx-world.ts";

const startMs = 60_000;
const testMs = 120_000;
const perTurn = 50;

let world: NginxWorld;
let nginx: BehindBalancer;
beforeAll(async () => {
  world = await openNginxWorld({ count: 1 });
  nginx = await startBehindBalancer(world);
}, startMs);
afterAll(async () => {
  await nginx.stop();
  await world.close();
}, startMs);

interface Knock {
  readonly status: number;
  readonly socket: Socket;
}

/** Opens a socket as a page does. */
async function knock(address: string): Promise<Knock> {
  const lines = [
    "GET /live HTTP/1.1",
    "Host: x",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    `X-Forwarded-For: ${address}`,
  ];
  return await new Promise((resolve, reject) => {
    const socket = connect(nginx.port, "127.0.0.1", () => socket.write(`${lines.join("\r\n")}\r\n\r\n`));
    socket.once("data", (data) => resolve({ status: Number(String(data).split(" ")[1]), socket }));
    socket.on("error", reject);
  });
}

test(
  "the last one is taken, one more is told to wait, others are not, and who lets one go is taken again",
  async () => {
    const written = await readFile(join(import.meta.dir, "../../nginx/nginx.conf"), "utf8");
    const most = Number(/limit_conn connections (\d+);/.exec(written)?.[1]);
    expect(most).toBe(2_000);
    const [crowd, other] = ["203.0.113.20", "203.0.113.21"];
    const open: Socket[] = [];
    const more = async () => {
      const knocks = await Promise.all(
        Array.from({ length: Math.min(perTurn, most - open.length) }, () => knock(crowd)),
      );
      for (const { status, socket } of knocks) {
        if (status === 101) open.push(socket);
        else socket.destroy();
      }
      return open.length === most;
    };
    // As fast as its requests are taken.
    await until(more, { what: "as many as may be", deadlineMs: testMs / 2 });

    const stillOpen = () => open.every((socket) => !socket.destroyed);
    const answers = await Promise.all(Array.from({ length: 5 }, () => knock(crowd)));
    expect(answers.map(({ status }) => status)).toEqual([429, 429, 429, 429, 429]);
    const stranger = await knock(other);
    expect([stranger.status, stillOpen()]).toEqual([101, true]);

    open.shift()?.destroy();
    const again = async () => {
      const { status, socket } = await knock(crowd);
      if (status === 101) open.push(socket);
      return status === 101;
    };
    await until(again, { what: "a place", deadlineMs: 10_000 });
    expect((await knock(crowd)).status).toBe(429);
    for (const socket of [...open, stranger.socket]) socket.destroy();
  },
  testMs,
);
