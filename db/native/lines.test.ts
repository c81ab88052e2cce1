import { expect, test } from "bun:test";
import { readLines } from "./lines.ts";

test("lines come whole, however they are cut, and the last one also without its end", async () => {
  const bytes = new TextEncoder().encode("first\n\nsécond\nunfinished");
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  const lines: string[] = [];
  await readLines(stream, (line) => lines.push(line));
  expect(lines).toEqual(["first", "", "sécond", "unfinished"]);
});
