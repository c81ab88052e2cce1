/** A reader that stops reading is closed and harms nobody; when it comes back it gets what it missed. */
import { expect, test } from "bun:test";
import { maxTextBytes } from "#domain/message.ts";
import { maxPersonBacklogBytes } from "#gateway/backlogs.ts";
import { maxBacklogBytes } from "#gateway/sockets.ts";
import { freshName, signUpPerson } from "../support/api-person.ts";
import { startGateway } from "../support/gateway.ts";
import { openLive } from "../support/live-page.ts";
import { connectProgram } from "../support/program.ts";
import { openStalledReader, type StalledReader } from "../support/stalled-reader.ts";
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
    const headers = { Origin: gateway.url, Cookie: `superchat_access=${slow.token}` };
    const stalled = await openStalledReader(gateway.url, { path: `/live${query}`, headers });

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

test(
  "a program that stops reading is told so with 3008, the others get everything, and it resumes without loss",
  async () => {
    await using gateway = await startGateway();
    const [ana, slow] = [await signUpPerson(gateway.url), await signUpPerson(gateway.url)];
    const room = await ana.createRoom(freshName("slow"));
    await slow.call("PUT", `/rooms/${room.id}/members/me`);
    const channel = `room:${room.id}`;
    const { epoch, offset } = (await ana.get(`/rooms/${room.id}`)).body.room;
    const fast = await connectProgram(gateway.url, { token: ana.token });
    await fast.call({ subscribe: { channel } });
    const commands = [
      { id: 1, connect: { token: slow.token } },
      { id: 2, subscribe: { channel } },
    ];
    const says = [commands.map((command) => JSON.stringify(command)).join("\n")];
    const stalled = await openStalledReader(gateway.url, { path: "/connection/websocket", says, readsFrames: 2 });

    const text = "x".repeat(maxTextBytes);
    for (let n = 0; n < messages; n += 10) {
      await Promise.all(Array.from({ length: 10 }, () => ana.post(room.id, text)));
    }
    await until(() => fast.offsets(channel).at(-1) === offset + messages, { what: "everything at the other reader" });
    expect(fast.offsets(channel)).toHaveLength(messages);

    stalled.resume();
    await until(stalled.ended, { deadlineMs: 20_000, what: "the end of the slow socket" });
    expect(stalled.received()).toBeLessThan(messages * maxTextBytes);
    expect(stalled.closeCode()).toBe(3008);

    const back = await connectProgram(gateway.url, { token: slow.token });
    const { subscribe } = await back.call({ subscribe: { channel, recover: true, epoch, offset } });
    expect(subscribe.recovered).toBe(true);
    await until(() => back.offsets(channel).length === messages, { what: "what it missed" });
    expect(back.offsets(channel)).toEqual(fast.offsets(channel));
  },
  { timeout: 60_000 },
);

test(
  "of one person's many pages that stop reading those with most waiting are told to come back, the others get everything",
  async () => {
    const gauges = new Map<string, () => number>();
    await using gateway = await startGateway({
      between: (ports) => ({
        ...ports,
        metrics: { ...ports.metrics, gauge: (name, read) => void gauges.set(name, read) },
      }),
    });
    const [ana, slow] = [await signUpPerson(gateway.url), await signUpPerson(gateway.url)];
    const room = await ana.createRoom(freshName("slow"));
    await slow.call("PUT", `/rooms/${room.id}/members/me`);
    const { epoch, offset } = (await ana.get(`/rooms/${room.id}`)).body.room;
    const headers = { Origin: gateway.url, Cookie: `superchat_access=${slow.token}` };
    const path = `/live?room=${room.id}&epoch=${epoch}&after=${offset}`;
    const most = Math.ceil(maxPersonBacklogBytes / maxBacklogBytes);
    // A kernel takes more for some than for others. Of so many there are more alike than may have their own bound waiting each.
    const pages = 4 * most;
    const stalled = await Promise.all(
      Array.from({ length: pages }, () => openStalledReader(gateway.url, { path, headers, readsFrames: 1 })),
    );
    const here = gauges.get("superchat_gateway_page_sockets") ?? (() => 0);
    const text = "x".repeat(maxTextBytes);
    let posted = 0;
    for (; here() > most && posted < messages; posted++) await ana.post(room.id, text);
    expect(posted).toBeLessThan(messages);

    for (const each of stalled) each.resume();
    // What was on its way may have ended another one.
    const gone = () => stalled.filter((each) => each.ended());
    const hasAll = (each: StalledReader) => each.received() > posted * maxTextBytes;
    const settled = () => gone().length === pages - here() && stalled.every((each) => each.ended() || hasAll(each));
    await until(settled, {
      deadlineMs: 40_000,
      what: "the end of those that have to go, and everything at the others",
    });
    expect(gone().map((each) => each.closeCode())).toContain(1013);
  },
  { timeout: 60_000 },
);
