import { expect, test } from "bun:test";
import { hostname } from "node:os";
import { nameOfProcess } from "./process.ts";

test("a process has a name of its own among all machines and containers", () => {
  expect(nameOfProcess("writer")).toBe(`writer-${hostname()}-${process.pid}`);
});
