/** The protocol's own clients for Python and Go, unchanged, against a gateway. JavaScript's is in tests/integration. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { createFixedClock } from "#adapters/memory/clock.ts";
import { ensureGoProgram } from "../../scripts/services/go.ts";
import { ensurePythonClient } from "../../scripts/services/python.ts";
import { freshName, signUpPerson } from "../support/api-person.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { exercise, runExercise } from "../support/sdk-program.ts";

const sdk = join(import.meta.dir, "../sdk");
const clock = createFixedClock(Date.now());
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ clock, env: { ACCESS_TOKEN_SECONDS: "10" } });
});
afterAll(() => gateway.close());

async function input() {
  const [ana, ben] = [await signUpPerson(gateway.url), await signUpPerson(gateway.url)];
  const room = await ana.createRoom(freshName("sdk"));
  const closed = await ben.createRoom(freshName("closed"), "private");
  // From here on the token is too old.
  clock.advance(11_000);
  const { id, token, refreshToken } = ana;
  return { url: gateway.url, token, refreshToken, user: id, room: room.id, closedRoom: closed.id };
}

test("Python", async () => {
  const command = [await ensurePythonClient(), join(sdk, "python/program.py")];
  expect(await runExercise(command, await input())).toEqual([...exercise]);
}, 60_000);

test("Go", async () => {
  // This version of the client can't be told where to recover from.
  const all = exercise.filter((step) => step !== "an unknown epoch is told");
  expect(await runExercise([await ensureGoProgram(join(sdk, "go"))], await input())).toEqual(all);
}, 60_000);
