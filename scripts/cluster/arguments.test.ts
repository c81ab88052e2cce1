import { expect, test } from "bun:test";
import { readArguments } from "./arguments.ts";

test("without words it is a cluster of the usual size", () => {
  expect(readArguments([])).toEqual({
    type: "run",
    gateways: 2,
    writers: 1,
    bots: 1,
    brokers: 1,
    ownEnv: {},
    port: 8080,
    dir: "./data/cluster",
  });
});

test("every number can be chosen", () => {
  const words = "--gateways 3 --writers=2 --bots 0 --brokers 3 --port 0 --dir here".split(" ");
  const numbers = { gateways: 3, writers: 2, bots: 0, brokers: 3, port: 0 };
  expect(readArguments(words)).toMatchObject({ type: "run", ...numbers, dir: "here" });
});

test("--no-bot wins over a number of bots", () => {
  expect(readArguments(["--no-bot", "--bots", "3"])).toMatchObject({ bots: 0 });
});

test("a process can have variables of its own", () => {
  const words = ["--env", "gateway-1:LOG_LEVEL=debug", "--env=gateway-1:A=b=c", "--env", "writer-2:A="];
  expect(readArguments(words)).toMatchObject({
    ownEnv: { "gateway-1": { LOG_LEVEL: "debug", A: "b=c" }, "writer-2": { A: "" } },
  });
});

test("a process is started by its name", () => {
  expect(readArguments(["start", "gateway-1", "--dir", "here"])).toEqual({
    type: "start",
    name: "gateway-1",
    dir: "here",
  });
});

test.each(["--help", "-h", "start --help"])("help: %s", (line) => {
  expect(readArguments(line.split(" "))).toEqual({ type: "help" });
});

test.each([
  [["--gateways", "0"], "--gateways must be a whole number from 1 to 32"],
  [["--writers", "many"], "--writers must be a whole number"],
  [["--port", "65536"], "--port must be a whole number from 0 to 65535"],
  [["--env", "LOG_LEVEL=debug"], "--env must look like gateway-1:VARIABLE=VALUE"],
  [["--env", "redis:A=b"], "--env must look like"],
  [["--dir", ""], "--dir must name a folder"],
  [["--gateway", "2"], "--gateway"],
  [["stop"], 'There is no command "stop"'],
  [["start"], "takes one name"],
  [["start", "a", "b"], "takes one name"],
])("%j is refused", (words, sentence) => {
  expect(() => readArguments(words)).toThrow(sentence);
});
