/** Somebody who uses the HTTP API: signs up, and calls with their own token. */

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came back
  readonly body: any;
}

export interface ApiPerson {
  readonly id: string;
  readonly name: string;
  readonly password: string;
  token: string;
  refreshToken: string;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiAnswer>;
  get(path: string): Promise<ApiAnswer>;
  /** @returns the id under which it was posted */
  post(room: string, text: string, id?: string): Promise<string>;
  createRoom(name: string, visibility?: "public" | "private"): Promise<{ id: string; slug: string }>;
}

const password = "correct horse battery";
let people = 0;

export function freshName(stem = "p"): string {
  people += 1;
  return `${stem}-${process.pid}-${people}-${Math.random().toString(36).slice(2, 6)}`;
}

export async function callApi(
  base: string,
  method: string,
  path: string,
  { body, headers = {}, token }: { body?: unknown; headers?: Record<string, string>; token?: string | undefined } = {},
): Promise<ApiAnswer> {
  const raw = typeof body === "string" || body instanceof Uint8Array;
  const response = await fetch(`${base}/api/v1${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...headers,
    },
    ...(body === undefined ? {} : { body: raw ? (body as string) : JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = response.headers.get("content-type")?.includes("json") ?? false;
  return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text };
}

export async function signUpPerson(base: string, name = freshName()): Promise<ApiPerson> {
  const { status, body } = await callApi(base, "POST", "/users", { body: { name, password } });
  if (status !== 201) throw new Error(`sign-up answered ${status}: ${JSON.stringify(body)}`);
  const person: ApiPerson = {
    id: body.user.id,
    name,
    password,
    token: body.accessToken,
    refreshToken: body.refreshToken,
    call: (method, path, input, headers) =>
      callApi(base, method, path, { body: input, token: person.token, ...(headers ? { headers } : {}) }),
    get: (path) => person.call("GET", path),
    async post(room, text, id = Bun.randomUUIDv7()) {
      const answer = await person.call("POST", `/rooms/${room}/messages`, { id, text });
      if (answer.status !== 201) throw new Error(`post answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      return answer.body.id;
    },
    async createRoom(roomName, visibility = "public") {
      const answer = await person.call("POST", "/rooms", { name: roomName, visibility });
      if (answer.status !== 201) throw new Error(`room answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      return answer.body.room;
    },
  };
  return person;
}

type Caller = Pick<ApiPerson, "call">;

/** Invites somebody, who accepts where that needs their consent. @returns the last answer */
export async function bringIn(
  inviter: Caller,
  room: string,
  guest: Caller & Pick<ApiPerson, "id">,
): Promise<ApiAnswer> {
  const answer = await inviter.call("PUT", `/rooms/${room}/members/${guest.id}`);
  return answer.status === 202 ? await guest.call("PUT", `/rooms/${room}/members/me`) : answer;
}
