/** Sizes, each at its edge: the largest that is taken, and one more that is refused and changes nothing. */
import { type Check, holds, same } from "../check.ts";
import { channelOf, command, readMessages, roomOfOne, until } from "../talking.ts";

const textBytes = 16_384;
const bodyBytes = 64 * 1024;
const frameBytes = 64 * 1024;
const nameLength = 32;
const roomNameLength = 48;
const passwordLengths = { least: 8, most: 256 };
const mostMessages = 200;

/** Texts of exactly the most bytes, in characters of one, three and four. */
const longest = ["x".repeat(textBytes), `${"€".repeat(5_461)}x`, "🌿".repeat(4_096)];
const impossible = { "a NUL": "a\0b", "a lone surrogate": "a\uD800", nothing: "", "blank space": " \n\t " };

export const limitChecks: readonly Check[] = [
  {
    name: "limits.text-http",
    promise: "A text has 1 to 16,384 bytes of UTF-8; a byte more is 413, NUL and what is no text 422.",
    async run(world) {
      const { ana, room } = await roomOfOne(world);
      const send = async (text: string) => {
        const { status, body } = await ana.call("POST", `/rooms/${room.id}/messages`, { text });
        return status === 201 ? [status] : [status, body.code];
      };
      for (const text of longest) {
        same(`${textBytes} bytes`, await send(text), [201]);
        same(`${textBytes + 1} bytes`, await send(`${text}x`), [413, "too-large"]);
      }
      for (const [what, text] of Object.entries(impossible)) same(what, await send(text), [422, "invalid"]);
      await until(async () => (await readMessages(ana, room)).length >= longest.length, { what: "the long ones" });
      same(
        "what was taken",
        (await readMessages(ana, room)).map(({ text }) => text),
        longest,
      );
    },
  },
  {
    name: "limits.text-socket",
    promise:
      "The same over the socket: a byte more is error 106, NUL and what is no text 107, and the connection stays.",
    async run(world) {
      const { ana, room } = await roomOfOne(world);
      const program = await world.connect(ana);
      const send = async (text: string) => {
        const data = { channel: channelOf(room), data: { text } };
        return (await command(program, { publish: data })).error?.code;
      };
      for (const text of longest) {
        same(`${textBytes} bytes`, await send(text), undefined);
        same(`${textBytes + 1} bytes`, await send(`${text}x`), 106);
      }
      for (const [what, text] of Object.entries(impossible)) same(what, await send(text), 107);
      same("an ordinary text afterwards", await send("still here"), undefined);
    },
  },
  {
    name: "limits.body",
    promise: "A request's body has at most 64 KiB; a byte more is 413.",
    async run(world) {
      const { ana, room } = await roomOfOne(world);
      const send = async (size: number) => {
        const body = JSON.stringify({ text: "padded", pad: "" });
        const padded = body.replace('"pad":""', `"pad":"${"x".repeat(size - body.length)}"`);
        return (await ana.call("POST", `/rooms/${room.id}/messages`, padded)).status;
      };
      same(`a body of ${bodyBytes} bytes`, await send(bodyBytes), 201);
      same(`a body of ${bodyBytes + 1} bytes`, await send(bodyBytes + 1), 413);
      same("a body of a mebibyte", await send(1024 * 1024), 413);
    },
  },
  {
    name: "limits.frame",
    promise: "A frame has at most 64 KiB; a byte more ends the connection, and that one only.",
    async run(world) {
      const { ana } = await roomOfOne(world);
      const [one, other] = [await world.connect(ana), await world.connect(ana)];
      const frame = (id: number, size: number) => JSON.stringify({ id, ping: {} }).padEnd(size, " ");
      one.send(frame(90_000, frameBytes));
      same("the answer to a frame at the limit", await one.reply(({ id }) => id === 90_000), { id: 90_000, ping: {} });
      one.send(frame(90_001, frameBytes + 1));
      await one.ended();
      same(
        "answers to a frame beyond it",
        one.replies.filter(({ id }) => id === 90_001),
        [],
      );
      same("another connection", (await other.call({ ping: {} })).ping, {});
    },
  },
  {
    name: "limits.names",
    promise:
      "A person's name has 1 to 32 letters, digits, dots, dashes and underscores, and is taken in any case; a room's has up to 48.",
    async run(world) {
      const { ana } = await roomOfOne(world);
      const padded = (length: number) => world.freshName("n").padEnd(length, "x");
      const person = async (name: string) => {
        const { status, body } = await world.call("POST", "/users", { body: { name, password: "long enough" } });
        return [status, body.field];
      };
      const long = padded(nameLength);
      same(`a name of ${nameLength}`, (await person(long))[0], 201);
      same("the same name in other case", (await person(long.toUpperCase()))[0], 409);
      for (const name of [
        "",
        padded(nameLength + 1),
        "two words",
        "a/b",
        "-dash",
        "<b>",
        "nul\0",
        "tab\t",
        "zero\u200b",
      ])
        same(`the name ${JSON.stringify(name)}`, await person(name), [422, "name"]);
      const room = async (name: string) => (await ana.call("POST", "/rooms", { name, visibility: "public" })).status;
      same(`a room's name of ${roomNameLength}`, await room(padded(roomNameLength)), 201);
      for (const name of ["", " ", padded(roomNameLength + 1), "two\nlines", "nul\0"])
        same(`the room's name ${JSON.stringify(name)}`, await room(name), 422);
    },
  },
  {
    name: "limits.passwords",
    promise: "A password has 8 to 256 characters.",
    async run(world) {
      const { least, most } = passwordLengths;
      const person = async (length: number) => {
        const body = { name: world.freshName("pw"), password: "p".repeat(length) };
        const answer = await world.call("POST", "/users", { body });
        return [answer.status, answer.body.field];
      };
      same(`${least - 1} characters`, await person(least - 1), [422, "password"]);
      same(`${most + 1} characters`, await person(most + 1), [422, "password"]);
      for (const length of [least, most]) same(`${length} characters`, (await person(length))[0], 201);
    },
  },
  {
    name: "limits.pages",
    promise:
      "A page of messages has at most 200, however many are asked for; a limit or an offset that is none is 422.",
    async run(world) {
      const { ana, room } = await roomOfOne(world);
      const path = `/rooms/${room.id}`;
      const { status, body } = await ana.get(`${path}/messages?limit=100000`);
      same("the status of a huge limit", status, 200);
      holds("its page", body.items.length <= mostMessages, `at most ${mostMessages}`, body.items.length);
      for (const query of [
        "messages?limit=0",
        "messages?limit=-1",
        "messages?limit=x",
        "messages?before=x",
        "events?after=-1",
        "events?after=1.5",
      ])
        same(query, (await ana.get(`${path}/${query}`)).status, 422);
    },
  },
];
