import { describe, expect, test } from "bun:test";
import { Disconnect } from "./codes.ts";
import { isPong, linesOf, parseCommand } from "./commands.ts";

describe("a frame", () => {
  test("holds a command on each line, blank ones aside", () => {
    expect(linesOf('{"id":1}\n{"id":2}')).toEqual(['{"id":1}', '{"id":2}']);
    expect(linesOf('\n {"id":1}\r\n\n{}\n')).toEqual([' {"id":1}\r', "{}"]);
    expect(linesOf("")).toEqual([]);
  });
});

describe("a command", () => {
  test("is filled with what the protocol takes for granted", () => {
    expect(parseCommand('{"id":1,"connect":{}}')).toEqual({ id: 1, connect: { token: "" } });
    expect(parseCommand('{"id":2,"subscribe":{"channel":"c","data":{"x":1},"tf":null}}').subscribe).toEqual({
      channel: "c",
      recover: false,
      epoch: "",
      offset: 0,
      flag: 0,
    });
    expect(parseCommand('{"id":3,"history":{"channel":"c","since":{"offset":5}}}').history).toEqual({
      channel: "c",
      limit: 0,
      since: { offset: 5, epoch: "" },
      reverse: false,
    });
    expect(parseCommand('{"id":4,"history":{"channel":"c","since":null}}').history?.since).toBeNull();
    expect(parseCommand('{"id":5,"rpc":{"method":"m","data":null}}').rpc).toEqual({ method: "m", data: null });
  });

  test("takes offsets as large as time in microseconds, and no larger than a number is exact", () => {
    const subscribe = (offset: string) => `{"id":1,"subscribe":{"channel":"c","offset":${offset}}}`;
    expect(parseCommand(subscribe("1790000000000000")).subscribe?.offset).toBe(1_790_000_000_000_000);
    expect(parseCommand(subscribe(`${Number.MAX_SAFE_INTEGER}`)).subscribe?.offset).toBe(Number.MAX_SAFE_INTEGER);
    for (const offset of ["9007199254740992", "-1", "1.5", '"1"']) {
      expect(() => parseCommand(subscribe(offset))).toThrow(Disconnect);
    }
  });

  test("without anything is the answer to a ping", () => {
    expect(isPong(parseCommand("{}"))).toBe(true);
    expect(isPong(parseCommand('{"id":1,"ping":{}}'))).toBe(false);
    expect(isPong(parseCommand('{"send":{"data":1}}'))).toBe(false);
  });

  test("with a channel's name of 255 characters is taken, of 256 not", () => {
    const command = (length: number) => JSON.stringify({ id: 1, presence: { channel: "c".repeat(length) } });
    expect(parseCommand(command(255)).presence?.channel).toHaveLength(255);
    expect(() => parseCommand(command(256))).toThrow(Disconnect);
  });

  test.each(["", "x", "null", "[]", '"{}"', "1", '{"id":1}{}', '{"id":"1"}', '{"id":-1}', '{"connect":[]}'])(
    "is not %p",
    (line) => {
      expect(() => parseCommand(line)).toThrow(Disconnect);
    },
  );
});
