import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { EventId, RoomId, UserId } from "#domain/ids.ts";
import { maxTextBytes } from "#domain/message.ts";
import { maxBodyBytes } from "#gateway/request-body.ts";
import { type ApiAnswer, type ApiPerson, callApi, freshName, signUpPerson } from "../support/api-person.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";

let gateway: TestGateway;
let ana: ApiPerson;
let room: { id: string };
beforeAll(async () => {
  gateway = await startGateway();
  ana = await signUpPerson(gateway.url);
  room = await ana.createRoom(freshName("Edge"));
});
afterAll(() => gateway.close());

const post = (body: unknown, headers?: Record<string, string>) =>
  ana.call("POST", `/rooms/${room.id}/messages`, body, headers);

function expectProblem(answer: ApiAnswer, status: number, code: string): void {
  expect([answer.status, answer.body.code]).toEqual([status, code]);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(answer.body.detail.length).toBeGreaterThan(10);
  expect(answer.body.status).toBe(status);
  expect(answer.body.requestId).toBe(answer.headers.get("x-request-id"));
  expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|\.ts:|Error:/);
}

describe("the text of a message", () => {
  test("has at most 16,384 bytes", async () => {
    expect((await post({ text: "x".repeat(maxTextBytes) })).status).toBe(201);
    expectProblem(await post({ text: "x".repeat(maxTextBytes + 1) }), 413, "too-large");
  });

  test.each([
    ["NUL", "a\0b"],
    ["nothing", ""],
    ["only spaces", " \n\t "],
    ["a lone surrogate", "a\uD800"],
    ["a run of combining marks", `a${"\u0301".repeat(1_000)}`],
  ])("is not %s", async (_what, text) => {
    expectProblem(await post({ text }), 422, "invalid");
  });

  test("of a million combining marks is too large", async () => {
    expectProblem(await post({ text: "\u0301".repeat(1_000_000) }), 413, "too-large");
  });

  test.each([[undefined], [null], [7], [{}], [["x"]]])("is a string, not %j", async (text) => {
    expectProblem(await post({ text }), 422, "invalid");
  });
});

describe("an event id", () => {
  test.each([
    "",
    "x",
    "6f1c1c9e-2b0e-4b52-9b0a-1b2f0a3c4d5e",
    "01a1fdbf-d0c7-752d-bffe-31b60ea7537",
    `${Bun.randomUUIDv7()}0`,
  ])("is a UUID of version 7, not %j", async (id) => {
    expectProblem(await post({ id, text: "hello" }), 422, "invalid");
  });

  test("in upper case is the same id", async () => {
    const id = Bun.randomUUIDv7();
    expect((await post({ id, text: "hello" })).status).toBe(201);
    expect((await post({ id: id.toUpperCase(), text: "hello" })).status).toBe(200);
  });
});

describe("a body", () => {
  test("has at most 64 KiB", async () => {
    const fill = (size: number) => JSON.stringify({ text: "hello", pad: "" }).replace('""', `"${"x".repeat(size)}"`);
    const frame = fill(0).length;
    expect((await post(fill(maxBodyBytes - frame))).status).toBe(201);
    expectProblem(await post(fill(maxBodyBytes - frame + 1)), 413, "too-large");
  });

  test("over the limit is refused also when its length is not told", async () => {
    const endless = new ReadableStream({
      start(controller) {
        for (let n = 0; n < 20; n++) controller.enqueue(new TextEncoder().encode("x".repeat(8_192)));
        controller.close();
      },
    });
    const answer = await fetch(`${gateway.url}/api/v1/rooms/${room.id}/messages`, {
      method: "POST",
      headers: { authorization: `Bearer ${ana.token}`, "content-type": "application/json" },
      body: endless,
    });
    expect(answer.status).toBe(413);
  });

  test.each(['{"text":', "", "text=hello", "\u0000"])("is JSON, not %j", async (body) => {
    expectProblem(await post(body), 400, "malformed");
  });

  test("is UTF-8", async () => {
    const bytes = new Uint8Array([...Buffer.from('{"text":"'), 0xff, 0xfe, ...Buffer.from('"}')]);
    expectProblem(await post(bytes), 400, "malformed");
  });

  test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml"])(
    "is not sent as %s",
    async (type) => {
      expectProblem(await post('{"text":"hello"}', { "content-type": type }), 415, "unsupported-media-type");
    },
  );

  test.each(["[]", "null", '"x"', "7"])("is an object, not %s", async (body) => {
    expectProblem(await post(body), 422, "invalid");
  });
});

describe("names", () => {
  test.each(["", "a b", "ana\u202Etxet", "an\u200Ba", "<script>", "a\0", "x".repeat(33), "pаypal"])(
    "of people: %j is refused",
    async (name) => {
      expectProblem(
        await callApi(gateway.url, "POST", "/users", { body: { name, password: "correct horse" } }),
        422,
        "invalid",
      );
    },
  );

  test.each(["", "a\u202Eb", "\0", "\u3164", "x".repeat(49), "a\nb"])("of rooms: %j is refused", async (name) => {
    expectProblem(await ana.call("POST", "/rooms", { name, visibility: "public" }), 422, "invalid");
  });

  test("a room is public or private", async () => {
    expectProblem(await ana.call("POST", "/rooms", { name: freshName("x"), visibility: "secret" }), 422, "invalid");
  });

  test.each(["short12", "x".repeat(257), "nul\0nul\0nul"])("passwords: %j is refused", async (password) => {
    expectProblem(
      await callApi(gateway.url, "POST", "/users", { body: { name: freshName(), password } }),
      422,
      "invalid",
    );
  });
});

describe("addresses and queries", () => {
  test.each([
    "/rooms/none",
    `/rooms/${Bun.randomUUIDv7()}`,
    "/rooms/%00",
    "/rooms/..%2f..",
    "/nothing",
    "/rooms/x/y/z",
  ])("%s is not found", async (path) => {
    expectProblem(await ana.get(path), 404, "not-found");
  });

  test.each(["messages?before=-1", "messages?before=x", "messages?limit=0", "events?after=1.5", "events?limit=-5"])(
    "%s is refused",
    async (query) => {
      expectProblem(await ana.get(`/rooms/${room.id}/${query}`), 422, "invalid");
    },
  );

  test("a cursor that was not given out is refused", async () => {
    expectProblem(await ana.get("/rooms?cursor=%22%27%3B"), 422, "invalid");
  });

  test("a limit above the most is the most", async () => {
    expect((await ana.get(`/rooms/${room.id}/messages?limit=99999`)).status).toBe(200);
  });
});

test("HTML and script in every field come back as they are in the API", async () => {
  const evil = `<img src=x onerror=alert(1)><script>alert(2)</script>"'&`;
  const id = await ana.post(room.id, evil);
  const { items } = (await ana.get(`/rooms/${room.id}/messages`)).body;
  expect(items.find((message: { id: string }) => message.id === id).text).toBe(evil);
});

test("an id whose message could not be stored is told, not acked", async () => {
  const id = Bun.randomUUIDv7() as EventId;
  const { ports } = gateway;
  const { epoch, offset } = (await ana.get(`/rooms/${room.id}`)).body.room;
  const lost = {
    id,
    room: room.id as RoomId,
    author: { id: ana.id as UserId, name: ana.name },
    at: new Date().toISOString(),
  };
  await ports.events.write([
    { room: lost.room, epoch, events: [{ ...lost, type: "event.discarded", offset: offset + 1_000 }] },
  ]);
  expectProblem(await post({ id, text: "again", resend: true }), 409, "conflict");
});
