/** Promises 1 to 4 in standalone mode: the process is killed with -9 ten times while people write and read. */
import { expect, test } from "bun:test";
import { freshName, signUpPerson } from "../support/api-person.ts";
import { startStandalone } from "../support/server.ts";
import { startStorm } from "../support/storm.ts";

const kills = 10;
const writers = 8;
/** Acks between two kills, so that each life of the process does work. */
const acksPerLife = 60;

test("what was acked is there once, in one order without holes, for everybody", async () => {
  await using server = await startStandalone({ env: { LIMITS: "off", LOG_LEVEL: "error" } });
  const [ana, ben] = [await signUpPerson(server.url), await signUpPerson(server.url)];
  const room = await ana.createRoom(freshName("storm"));
  await ben.call("PUT", `/rooms/${room.id}/members/me`);
  const storm = startStorm({ url: server.url, room: room.id, people: [ana, ben], writers });
  for (let n = 1; n <= kills; n++) {
    await storm.progress(acksPerLife, `in life ${n}`);
    await server.kill("SIGKILL");
    await server.restart();
  }
  const { messages, jumps } = await storm.settle();
  expect(messages).toBeGreaterThanOrEqual(kills * acksPerLife);
  // One epoch all along, so no offset is missing.
  expect(jumps).toBe(0);
}, 300_000);
