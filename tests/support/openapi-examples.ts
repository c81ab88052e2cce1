/** For every call of the API, requests that provoke what is documented. What follows from a call's kind is derived in the test. */
import type { Scope } from "#domain/program-token.ts";
import { type ApiPerson, callApi, freshName, signUpPerson } from "./api-person.ts";

export interface Example {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Absent: nobody. */
  readonly token?: string;
}

export type MakeExample = (base: string) => Promise<Example>;

const none = () => Bun.randomUUIDv7();
const password = "correct horse battery";

async function withPerson(base: string, work: (ana: ApiPerson) => Promise<Omit<Example, "token">>): Promise<Example> {
  const ana = await signUpPerson(base);
  return { ...(await work(ana)), token: ana.token };
}

const person =
  (work: (ana: ApiPerson, base: string) => Promise<Omit<Example, "token">> = async () => ({})): MakeExample =>
  (base) =>
    withPerson(base, (ana) => work(ana, base));

/** In a room of their own. */
const inRoom = (make: (ana: ApiPerson, room: string, base: string) => Promise<Omit<Example, "token">>): MakeExample =>
  person(async (ana, base) => await make(ana, (await ana.createRoom(freshName("Room"))).id, base));

/** At a room of somebody else. */
const outside = (body?: unknown): MakeExample =>
  person(async (_ana, base) => {
    const { id } = await (await signUpPerson(base)).createRoom(freshName("Other"));
    return { params: { ...missing, id, userId: none() }, body };
  });

const nowhere = (body?: unknown): MakeExample =>
  person(async () => ({ params: { ...missing, id: none(), userId: none() }, body }));

const direct = (more: (peer: ApiPerson) => object = () => ({})): MakeExample =>
  person(async (ana, base) => {
    const ben = await signUpPerson(base);
    const { room } = (await ana.call("POST", "/rooms/direct", { userIds: [ben.id] })).body;
    return { params: { id: room.id, userId: none() }, ...more(ben) };
  });

const tokenOf = async (ana: ApiPerson, scopes: readonly Scope[]) =>
  (await ana.call("POST", "/tokens", { name: "example", scopes })).body as { token: { id: string }; secret: string };

const message = { text: "hello" };
const stale = { "if-match": '"0-older"' };
const missing = { messageId: none(), hookId: none(), emoji: "%F0%9F%91%8D" };

/** At a message of their own. */
const atMessage = (
  make: (ana: ApiPerson, params: { id: string; messageId: string }) => Promise<object> = async () => ({}),
) =>
  inRoom(async (ana, id) => {
    const params = { ...missing, id, messageId: await ana.post(id, message.text) };
    return { params, body: undefined, ...(await make(ana, params)) };
  });

const afterDeletion = (body?: unknown) =>
  atMessage(async (ana, { id, messageId }) => {
    await ana.call("DELETE", `/rooms/${id}/messages/${messageId}`);
    return { body };
  });
const address = { url: "https://hooks.example/room" };

const inRoomWithHook = inRoom(async (ana, id) => {
  const { hook } = (await ana.call("POST", `/rooms/${id}/hooks/outgoing`, address)).body;
  return { params: { id, hookId: hook.id } };
});

export const examples: Readonly<Record<string, Readonly<Record<number, MakeExample>>>> = {
  signUp: {
    201: async () => ({ body: { name: freshName(), password } }),
    409: async (base) => ({ body: { name: (await signUpPerson(base)).name, password } }),
  },
  signIn: {
    201: async (base) => ({ body: { name: (await signUpPerson(base)).name, password } }),
    401: async () => ({ body: { name: freshName(), password } }),
  },
  refresh: {
    200: async (base) => ({ body: { refreshToken: (await signUpPerson(base)).refreshToken } }),
    401: async () => ({ body: { refreshToken: "none" } }),
  },
  listSessions: { 200: person() },
  signOutEverywhere: { 204: person() },
  signOut: { 204: person() },
  endSession: {
    204: person(async (ana) => ({ params: { id: (await ana.get("/sessions")).body.items[0].id } })),
    404: nowhere(),
  },
  whoAmI: { 200: person() },
  createToken: {
    201: person(async () => ({ body: { name: "example", scopes: ["rooms:read"] } })),
    404: person(async () => ({ body: { name: "example", scopes: ["rooms:read"], bot: none() } })),
    409: person(async (ana) => {
      for (let n = 0; n < 50; n++) await tokenOf(ana, ["rooms:read"]);
      return { body: { name: "example", scopes: ["rooms:read"] } };
    }),
  },
  listTokens: {
    200: person(async (ana, base) => {
      const { secret } = await tokenOf(ana, ["rooms:read"]);
      await tokenOf(ana, ["messages:read"]);
      await callApi(base, "GET", "/me", { token: secret });
      return {};
    }),
  },
  revokeToken: {
    204: person(async (ana) => ({ params: { id: (await tokenOf(ana, ["rooms:read"])).token.id } })),
    404: nowhere(),
  },
  createBot: {
    201: person(async () => ({ body: { name: freshName("bot") } })),
    409: person(async (ana) => ({ body: { name: ana.name } })),
  },
  listBots: {
    200: person(async (ana) => {
      await ana.call("POST", "/bots", { name: freshName("bot") });
      return {};
    }),
  },
  createRoom: {
    201: person(async () => ({ body: { name: freshName("Room"), visibility: "public" } })),
    409: person(async (ana) => {
      const name = freshName("Room");
      await ana.createRoom(name);
      return { body: { name, visibility: "public" } };
    }),
  },
  openDirectRoom: {
    201: person(async (_ana, base) => ({ body: { userIds: [(await signUpPerson(base)).id] } })),
    200: direct((peer) => ({ body: { userIds: [peer.id] } })),
    404: person(async () => ({ body: { userIds: [none()] } })),
  },
  listRooms: { 200: inRoom(async () => ({ query: "mine=true" })) },
  getRoom: { 200: inRoom(async (_ana, id) => ({ params: { id } })), 404: nowhere() },
  changeRoom: {
    200: inRoom(async (_ana, id) => ({ params: { id }, body: { topic: "Everything about tea" } })),
    403: outside({ topic: "Mine now" }),
    404: nowhere({ topic: "Nothing" }),
  },
  listMembers: { 200: inRoom(async (_ana, id) => ({ params: { id } })), 403: outside(), 404: nowhere() },
  joinRoom: { 200: outside(), 404: nowhere() },
  leaveRoom: { 204: inRoom(async (_ana, id) => ({ params: { id } })), 403: direct(), 404: nowhere() },
  inviteMember: {
    200: inRoom(async (ana, id) => ({ params: { id, userId: ana.id } })),
    202: inRoom(async (_ana, id, base) => ({ params: { id, userId: (await signUpPerson(base)).id } })),
    403: direct(),
    404: nowhere(),
  },
  listInvitations: {
    200: person(async (ana, base) => {
      const ben = await signUpPerson(base);
      const { id } = await ben.createRoom(freshName("Room"), "private");
      await ben.call("PUT", `/rooms/${id}/members/${ana.id}`);
      const { room } = (await ben.call("POST", "/rooms/direct", { userIds: [ana.id] })).body;
      await ben.post(room.id, "hello");
      return {};
    }),
  },
  hideRoom: {
    204: direct(),
    403: inRoom(async (_ana, id) => ({ params: { id } })),
    404: nowhere(),
  },
  postMessage: {
    201: inRoom(async (ana, id) => {
      return { params: { id }, body: { ...message, replyTo: await ana.post(id, message.text) } };
    }),
    200: inRoom(async (ana, id) => ({ params: { id }, body: { ...message, id: await ana.post(id, message.text) } })),
    403: outside(message),
    404: nowhere(message),
    409: inRoom(async (_ana, id, base) => {
      const ben = await signUpPerson(base);
      const theirs = await ben.createRoom(freshName("Theirs"));
      return { params: { id }, body: { ...message, id: await ben.post(theirs.id, "mine") } };
    }),
  },
  listHooks: {
    200: inRoom(async (ana, id) => {
      await ana.call("POST", `/rooms/${id}/hooks/incoming`, { name: freshName("bot") });
      await ana.call("POST", `/rooms/${id}/hooks/outgoing`, address);
      return { params: { id } };
    }),
    403: outside(),
    404: nowhere(),
  },
  createIncomingHook: {
    201: inRoom(async (_ana, id) => ({ params: { id }, body: { name: freshName("bot") } })),
    403: outside({ name: freshName("bot") }),
    404: nowhere({ name: freshName("bot") }),
    409: inRoom(async (ana, id) => ({ params: { id }, body: { name: ana.name } })),
  },
  createOutgoingHook: {
    201: inRoom(async (_ana, id) => ({ params: { id }, body: address })),
    403: outside(address),
    404: nowhere(address),
    409: inRoom(async (ana, id) => {
      for (let n = 0; n < 20; n++) await ana.call("POST", `/rooms/${id}/hooks/outgoing`, address);
      return { params: { id }, body: address };
    }),
  },
  switchHookOn: { 200: inRoomWithHook, 403: outside(), 404: nowhere() },
  deleteHook: { 204: inRoomWithHook, 403: outside(), 404: nowhere() },
  listMessages: {
    200: inRoom(async (ana, id) => {
      for (const text of ["one", `two @${ana.name}`, "three"]) await ana.post(id, text);
      return { params: { id }, query: "limit=2" };
    }),
    403: outside(),
    404: nowhere(),
  },
  listEvents: {
    200: inRoom(async (ana, id, base) => {
      const ben = await signUpPerson(base);
      await ben.call("PUT", `/rooms/${id}/members/me`);
      await ana.post(id, `one @${ben.name}`);
      await ben.call("DELETE", `/rooms/${id}/members/me`);
      return { params: { id } };
    }),
    403: outside(),
    404: nowhere(),
  },
  getMessage: { 200: atMessage(), 403: outside(), 404: nowhere() },
  editMessage: {
    200: atMessage(async (ana, { id, messageId }) => {
      await ana.call("PUT", `/rooms/${id}/messages/${messageId}/reactions/${missing.emoji}`);
      const { message } = (await ana.get(`/rooms/${id}/messages/${messageId}`)).body;
      return { body: { text: "better" }, headers: { "if-match": `"${message.version}"` } };
    }),
    412: atMessage(async () => ({ body: { text: "better" }, headers: stale })),
    403: outside(message),
    404: nowhere(message),
    409: afterDeletion(message),
  },
  deleteMessage: { 204: atMessage(), 412: atMessage(async () => ({ headers: stale })), 403: outside(), 404: nowhere() },
  addReaction: { 204: atMessage(), 403: outside(), 404: nowhere(), 409: afterDeletion() },
  removeReaction: { 204: atMessage(), 403: outside(), 404: nowhere() },
};
