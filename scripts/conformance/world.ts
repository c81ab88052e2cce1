/** What checks work with: people who are signed up once and shared, fresh rooms, and sockets that are closed after each check. */
import { type ApiAnswer, type ApiPerson, bringIn, callApi, signUpPerson } from "#tests/support/api-person.ts";
import { connectProgram, openProgram, type Program, type Reply } from "#tests/support/program.ts";
import { patiently } from "../patiently.ts";
import { holds, same } from "./check.ts";

export interface WorldOptions {
  readonly url: string;
  /** How many messages the oldest position to come back from is behind. */
  readonly backlog: number;
}

export interface Room {
  readonly id: string;
  readonly slug: string;
}

export interface World extends WorldOptions {
  /** Different people, the same for each check: signing up is costly, and limited. */
  people(count: number): Promise<readonly ApiPerson[]>;
  /** Another sign-in of a person, with tokens of its own. */
  signIn(person: ApiPerson): Promise<ApiPerson>;
  /** A fresh room with the first person as its maker and all the others in it; private unless it is asked for as public. */
  room(members: readonly ApiPerson[], visibility?: "public" | "private"): Promise<Room>;
  /** Without anybody's token, unless one is given. */
  call(method: string, path: string, options?: Parameters<typeof callApi>[3]): Promise<ApiAnswer>;
  connect(person: ApiPerson): Promise<Program>;
  /** Not connected yet. */
  open(): Promise<Program>;
  freshName(stem: string): string;
  closeSockets(): void;
  /** Everybody leaves the rooms that were made and signs out: nothing of a run is left in anybody's lists. */
  leave(): Promise<void>;
}

export function openWorld({ url, backlog }: WorldOptions): World {
  const cast: ApiPerson[] = [];
  const sockets: Program[] = [];
  const run = Math.random().toString(36).slice(2, 8);
  let names = 0;
  const freshName = (stem: string) => `${stem}-${run}-${++names}`;

  const kept = (program: Program) => {
    sockets.push(program);
    return program;
  };

  const signIn = async (person: ApiPerson): Promise<ApiPerson> => {
    const answer = await patiently(() =>
      callApi(url, "POST", "/sessions", { body: { name: person.name, password: person.password } }),
    );
    same("the status of a sign-in", answer.status, 201);
    const own: ApiPerson = {
      ...person,
      token: answer.body.accessToken,
      refreshToken: answer.body.refreshToken,
      call: (method, path, body, headers = {}) =>
        patiently(() => callApi(url, method, path, { body, headers, token: own.token })),
      get: (path) => own.call("GET", path),
    };
    return own;
  };

  return {
    url,
    backlog,
    freshName,
    signIn,
    async people(count) {
      while (cast.length < count) {
        const person = await signUpPerson(url, freshName("conf"));
        const { call } = person;
        person.call = (...words) => patiently(() => call(...words));
        cast.push(person);
      }
      return cast.slice(0, count);
    },
    async room([maker, ...others], visibility = "private") {
      holds("the maker of a room", maker !== undefined, "a person", maker);
      const answer = await maker.call("POST", "/rooms", { name: freshName("conf"), visibility });
      same("the status of a new room", answer.status, 201);
      const { room } = answer.body as { room: Room };
      for (const other of others) {
        const { status } = await bringIn(maker, room.id, other);
        same("the status of bringing somebody into one's room", status, 200);
      }
      return room;
    },
    call: (method, path, options = {}) => patiently(() => callApi(url, method, path, options)),
    connect: async ({ token }) => kept(await connectProgram(url, { token })),
    open: async () => kept(await openProgram(url)),
    async leave() {
      for (const person of cast) {
        const { body } = await person.get("/rooms?mine=true");
        for (const { id, visibility } of (body?.items ?? []) as { id: string; visibility: string }[])
          if (visibility !== "direct") await person.call("DELETE", `/rooms/${id}/members/me`);
        await person.call("DELETE", "/sessions");
      }
    },
    closeSockets() {
      for (const socket of sockets.splice(0)) socket.close();
    },
  };
}

export type { ApiAnswer, ApiPerson, Program, Reply };
