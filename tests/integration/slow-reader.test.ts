/** A reader that stops reading is closed and harms nobody; when it comes back it gets what it missed. */
import { expect, test } from "bun:test";
import { connect } from "node:net";
import { maxTextBytes } from "#domain/message.ts";
import { freshName, signUpPerson } from "../support/api-person.ts";
import { startGateway } from "../support/gateway.ts";
import { openLive } from "../support/live-page.ts";
import { until } from "../support/wait.ts";

/** More than the kernel's buffers and the gateway's backlog hold together. */
const messages = 900;

test(
  "a page that stops reading is closed, the others get everything, and it resumes without loss",
  async () => {
    await using gateway = await startGateway();
    const [ana, slow] = [await signUpPerson(gateway.url), await signUpPerson(gateway.url)];
    const room = await ana.createRoom(freshName("slow"));
    await slow.call("PUT", `/rooms/${room.id}/members/me`);
    const { epoch, offset } = (await ana.get(`/rooms/${room.id}`)).body.room;
    const query = `?room=${room.id}&epoch=${epoch}&after=${offset}`;
    const fast = await openLive(gateway.url, { cookie: `superchat_access=${ana.token}`, query });
    const stalled = await stalledReader(gateway.url, `/live${query}`, slow.token);

    const text = "x".repeat(maxTextBytes);
    for (let n = 0; n < messages; n += 30) {
      await Promise.all(Array.from({ length: 30 }, () => ana.post(room.id, text)));
    }
    await until(() => fast.offsets().at(-1) === offset + messages, { what: "everything at the other reader" });
    expect(fast.offsets()).toHaveLength(messages);

    stalled.resume();
    await until(stalled.ended, { deadlineMs: 20_000, what: "the end of the slow socket" });
    expect(stalled.received()).toBeLessThan(messages * maxTextBytes);

    const back = await openLive(gateway.url, { cookie: `superchat_access=${slow.token}`, query });
    await back.frame(({ caughtUp }) => caughtUp !== undefined);
    expect(back.offsets()).toEqual(fast.offsets());
  },
  { timeout: 60_000 },
);

/** A socket by hand, which does the handshake and then reads no more until it is resumed. */
async function stalledReader(base: string, path: string, token: string) {
  const { hostname, port, host } = new URL(base);
  const socket = connect(Number(port), hostname);
  let received = 0;
  let ended = false;
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.once("data", (data) => {
      socket.pause();
      if (!data.toString().startsWith("HTTP/1.1 101")) reject(new Error(data.toString()));
      resolve();
    });
    socket.write(
      [
        `GET ${path} HTTP/1.1`,
        `Host: ${host}`,
        `Origin: ${base}`,
        `Cookie: superchat_access=${token}`,
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "\r\n",
      ].join("\r\n"),
    );
  });
  socket.on("data", (data) => {
    received += data.length;
  });
  socket.on("close", () => {
    ended = true;
  });
  socket.on("error", () => {});
  socket.pause();
  return { resume: () => void socket.resume(), received: () => received, ended: () => ended };
}
