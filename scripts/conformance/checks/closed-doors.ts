/** Only members read and write, on every path; and a private room looks to outsiders like none at all. */
import { Broken, type Check, same } from "../check.ts";
import { channelOf, newestOffset, offsetsUpTo, post, subscribe, until } from "../talking.ts";
import type { ApiPerson, Program, Reply, Room, World } from "../world.ts";

/** Every path to a room over HTTP that only members may take. */
const memberCalls = (room: string): readonly (readonly [string, string, unknown?])[] => [
  ["GET", `/rooms/${room}/members`],
  ["GET", `/rooms/${room}/messages`],
  ["GET", `/rooms/${room}/events?after=0`],
  ["GET", `/rooms/${room}/hooks`],
  ["POST", `/rooms/${room}/messages`, { text: "let me in" }],
];

/** Every command of the protocol that touches a room. */
const memberCommands = (room: string, message: string): readonly Reply[] => {
  const channel = `room:${room}`;
  const rpc = (method: string, data: Reply = {}) => ({ rpc: { method, data: { room, ...data } } });
  return [
    { subscribe: { channel } },
    { subscribe: { channel, recover: true, epoch: "x", offset: 0 } },
    { history: { channel, limit: 10 } },
    { presence: { channel } },
    { presence_stats: { channel } },
    { publish: { channel, data: { text: "let me in" } } },
    rpc("message.post", { text: "let me in" }),
    rpc("message.edit", { id: message, text: "changed" }),
    rpc("message.delete", { id: message }),
    rpc("reaction.add", { id: message, emoji: "👍" }),
    rpc("reaction.remove", { id: message, emoji: "👍" }),
    rpc("bot.stop", { id: message }),
    rpc("read.mark", { offset: 1 }),
    rpc("typing"),
  ];
};

export const closedDoorChecks: readonly Check[] = [
  {
    name: "closed.private-http",
    promise: "To an outsider a private room looks like no room, on every path of the API.",
    async run(world) {
      const { ana, eve, room } = await stage(world, "private");
      const none = Bun.randomUUIDv7();
      const calls = (id: string) => [
        ...memberCalls(id),
        ["GET", `/rooms/${id}`] as const,
        ["PUT", `/rooms/${id}/members/me`] as const,
        ["PUT", `/rooms/${id}/members/${eve.id}`] as const,
        ["DELETE", `/rooms/${id}/members/me`] as const,
      ];
      const nowhere = calls(none);
      for (const [at, [method, path, body]] of calls(room.id).entries()) {
        const told = await refusal(eve, method, path, body);
        same(`${method} ${path}`, told.slice(0, 2), [404, "not-found"]);
        const [, pathToNone, ...rest] = nowhere[at] as readonly [string, string, unknown?];
        same(`the answer compared with that for no room`, told, await refusal(eve, method, pathToNone, rest[0]));
      }
      const { body } = await eve.get("/rooms?limit=200");
      same("it in the directory", JSON.stringify(body).includes(room.id), false);
      await nothingChanged(ana, room);
    },
  },
  {
    name: "closed.private-socket",
    promise: "To an outsider a private room is an unknown channel (102), for every command.",
    async run(world) {
      const { ana, eve, room, message } = await stage(world, "private");
      const outside = await world.connect(eve);
      for (const each of memberCommands(room.id, message)) await isRefused(outside, each, 102);
      await hearsNothing(world, ana, outside, room);
      await nothingChanged(ana, room);
    },
  },
  {
    name: "closed.public-http",
    promise: "A public room can be looked at and joined by anybody, and read and written by members alone (403).",
    async run(world) {
      const { ana, eve, room } = await stage(world, "public");
      for (const [method, path, body] of memberCalls(room.id)) {
        same(`${method} ${path}`, (await refusal(eve, method, path, body)).slice(0, 2), [403, "forbidden"]);
      }
      same("looking at it", (await eve.get(`/rooms/${room.id}`)).status, 200);
      await nothingChanged(ana, room);
      same("joining it", (await eve.call("PUT", `/rooms/${room.id}/members/me`)).status, 200);
      same("reading as a member", (await eve.get(`/rooms/${room.id}/messages`)).status, 200);
    },
  },
  {
    name: "closed.public-socket",
    promise: "Who is not in a public room is refused (103), for every command.",
    async run(world) {
      const { ana, eve, room, message } = await stage(world, "public");
      const outside = await world.connect(eve);
      for (const each of memberCommands(room.id, message)) await isRefused(outside, each, 103);
      await hearsNothing(world, ana, outside, room);
      await nothingChanged(ana, room);
    },
  },
  {
    name: "closed.anonymous",
    promise: "Without a token nothing is open: 401 over HTTP, and no command before connect over the socket.",
    async run(world) {
      const { room } = await stage(world, "public");
      const calls = [...memberCalls(room.id), ["GET", "/me"], ["GET", "/rooms"], ["GET", "/sessions"]] as const;
      for (const [method, path, body] of calls) {
        for (const token of [undefined, "x", "a.b.c"]) {
          const { status } = await world.call(method, path, { body, token });
          same(`${method} ${path} with the token ${token}`, status, 401);
        }
      }
      same("connecting without a token", (await (await world.open()).call({ connect: {} })).error?.code, 101);
      const early = await world.open();
      early.send(JSON.stringify({ id: 1, subscribe: { channel: channelOf(room) } }));
      same("a command before connect", (await early.ended()).code, 3501);
    },
  },
  {
    name: "closed.other-people",
    promise: "Nobody hears another person's own channel, or changes another person's messages.",
    async run(world) {
      const { ana, ben, room, message } = await stage(world, "public");
      const program = await world.connect(ben);
      await isRefused(program, { subscribe: { channel: `user:${ana.id}` } }, 103);
      const data = { room: room.id, id: message };
      await isRefused(program, { rpc: { method: "message.edit", data: { ...data, text: "changed" } } }, 103);
      await isRefused(program, { rpc: { method: "message.delete", data } }, 103);
      await nothingChanged(ana, room);
    },
  },
];

async function stage(world: World, visibility: "public" | "private") {
  const [ana, ben, eve] = (await world.people(3)) as [ApiPerson, ApiPerson, ApiPerson];
  const room = await world.room([ana, ben], visibility);
  const message = await post(ana, room, "among ourselves");
  await until(async () => (await ana.get(`/rooms/${room.id}/messages`)).body.items.length === 1, { what: "it" });
  return { ana, ben, eve, room, message };
}

/** Status, code and sentence. */
async function refusal(who: ApiPerson, method: string, path: string, body?: unknown) {
  const answer = await who.call(method, path, body);
  return [answer.status, answer.body?.code, answer.body?.detail];
}

async function isRefused(program: Program, what: Reply, code: number): Promise<void> {
  const { id: _, error, ...result } = await program.call(what);
  if (error === undefined) throw new Broken(JSON.stringify(what), `error ${code}`, JSON.stringify(result));
  same(JSON.stringify(what), error.code, code);
}

/** The room's own people hear something: by then an outsider would have heard it, too. */
async function hearsNothing(world: World, ana: ApiPerson, outside: Program, room: Room): Promise<void> {
  const inside = await world.connect(ana);
  await subscribe(inside, room);
  await post(ana, room, "still among ourselves");
  await offsetsUpTo(inside, room, await newestOffset(ana, room));
  await outside.call({ ping: {} });
  const leaked = outside.replies.filter((reply) => JSON.stringify(reply.push ?? {}).includes(room.id));
  same("what an outsider heard of the room", leaked, []);
}

async function nothingChanged(ana: ApiPerson, room: Room): Promise<void> {
  const { body } = await ana.get(`/rooms/${room.id}/messages`);
  const texts = body.items.map(({ text }: { text: string }) => text);
  const own = ["among ourselves", "still among ourselves"];
  same(
    "messages that nobody of the room wrote",
    texts.filter((text: string) => !own.includes(text)),
    [],
  );
  same("the first message", texts[0], own[0]);
}
