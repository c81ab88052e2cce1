/** Somebody outside: tries every way into rooms it is no member of. */
import type { ApiPerson } from "../support/api-person.ts";
import type { Leak } from "./history.ts";
import { openSocket } from "./socket.ts";
import type { Worker } from "./worker.ts";

const outsiderPauseMs = 700;

export function startOutsider(base: string, who: ApiPerson, rooms: readonly string[], leaks: Leak[]): Worker {
  let open = true;
  let tries = 0;
  const leak = (room: string, what: string) => void leaks.push({ who: who.name, room, what });
  const work = (async () => {
    while (open) {
      for (const room of rooms) {
        await look(room).catch(() => undefined);
        await Bun.sleep(outsiderPauseMs);
        if (!open) return;
      }
    }
  })();

  async function look(room: string): Promise<void> {
    tries += 1;
    for (const path of ["events", "messages"]) {
      const { status } = await who.get(`/rooms/${room}/${path}`);
      if (status === 200) leak(room, `the answer ${path}`);
    }
    const { status } = await who.call("POST", `/rooms/${room}/messages`, { id: Bun.randomUUIDv7(), text: "let me in" });
    if (status < 400) leak(room, "an ack");
    const socket = await openSocket(`${base}/live?room=${room}&after=0`, {
      cookie: `superchat_access=${who.token}`,
      origin: base,
      onFrame: (frame) => {
        if (JSON.stringify(frame).includes(room)) leak(room, `the frame ${Object.keys(frame).join(", ")}`);
      },
    });
    await Promise.race([socket.ended, Bun.sleep(outsiderPauseMs)]);
    socket.close();
    await lookAsProgram(room);
  }

  async function lookAsProgram(room: string): Promise<void> {
    const socket = await openSocket(`${base}/connection/websocket`, {
      onFrame({ id, error, connect, push }) {
        if (connect === undefined && id !== undefined && error === undefined) leak(room, `the reply to command ${id}`);
        if (push !== undefined && JSON.stringify(push).includes(room)) leak(room, "a push");
      },
    });
    const channel = `room:${room}`;
    const commands = [
      { connect: { token: who.token } },
      { subscribe: { channel, recover: true, epoch: "", offset: 0 } },
      { history: { channel, limit: 10 } },
      { presence: { channel } },
      { publish: { channel, data: { text: "let me in" } } },
    ];
    for (const [at, command] of commands.entries()) socket.send({ id: at + 1, ...command });
    await Promise.race([socket.ended, Bun.sleep(outsiderPauseMs)]);
    socket.close();
  }

  return {
    name: who.name,
    done: () => tries,
    async stop() {
      open = false;
      await work;
    },
  };
}
