/** Fifty of the same at once are one event: where the log takes its time, and in a single process with its store on disk. */
import { expect, test } from "bun:test";
import { unavailable } from "#domain/errors.ts";
import type { UserId } from "#domain/ids.ts";
import { joinRoom } from "#domain/membership.ts";
import { signUpPerson } from "../support/api-person.ts";
import { fiftyAtOnce } from "../support/at-once.ts";
import { startGateway } from "../support/gateway.ts";
import { openRoomOfTwo } from "../support/room-of-two.ts";
import { useStandalone } from "../support/use-standalone.ts";

const server = useStandalone({ env: { LIMITS: "off" } });

test("where the log takes its time", async () => {
  await using gateway = await startGateway({
    between: (ports) => ({
      ...ports,
      log: {
        ...ports.log,
        async append(event) {
          await Bun.sleep(10);
          await ports.log.append(event);
        },
      },
    }),
  });
  await fiftyAtOnce([gateway.url]);
}, 60_000);

test("in a single process", async () => {
  await fiftyAtOnce([server.url]);
}, 60_000);

test("without claims one joins all the same; while another has the turn and gets nowhere one is told to look again", async () => {
  await using gateway = await startGateway();
  const { room } = await openRoomOfTwo(gateway.url);
  const away = async () => {
    throw unavailable("away");
  };
  const [one, two] = [await signUpPerson(gateway.url), await signUpPerson(gateway.url)];
  const author = ({ id, name }: { id: string; name: string }) => ({ id: id as UserId, name });
  const { ports } = gateway;
  await joinRoom({ ...ports, claims: { take: away, giveBack: away } }, author(one), room.id);
  expect((await one.get(`/rooms/${room.id}/messages`)).status).toBe(200);
  const held = { take: async () => false, giveBack: away };
  await expect(joinRoom({ ...ports, claims: held }, author(two), room.id)).rejects.toMatchObject({
    code: "unavailable",
  });
  expect((await two.get(`/rooms/${room.id}/messages`)).status).toBe(403);
  await joinRoom(ports, author(two), room.id);
  expect((await two.get(`/rooms/${room.id}/messages`)).status).toBe(200);
}, 30_000);
