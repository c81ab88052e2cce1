import { expect, test } from "bun:test";
import { createTurns, type Turn } from "./turns.ts";

const never = new AbortController().signal;

test("turns come in the order of asking, and only so many wait", async () => {
  const turns = createTurns(2);
  const order: number[] = [];
  const take = (number: number) =>
    turns.take(never)?.then((turn) => {
      order.push(number);
      return turn;
    });
  const first = (await take(1)) as Turn;
  const [second, third] = [take(2), take(3)];
  expect(turns.take(never)).toBeUndefined();
  expect(turns.count()).toBe(3);
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  (await second)?.[Symbol.dispose]();
  (await third)?.[Symbol.dispose]();
  expect(order).toEqual([1, 2, 3]);
  expect(turns.count()).toBe(0);
});

test("who leaves the line is passed over", async () => {
  const turns = createTurns(2);
  const leave = new AbortController();
  const first = await turns.take(never);
  const left = turns.take(leave.signal)?.catch(() => "left");
  const third = turns.take(never);
  leave.abort();
  expect(await left).toBe("left");
  first?.[Symbol.dispose]();
  (await third)?.[Symbol.dispose]();
  expect(turns.count()).toBe(0);
  expect(turns.take(AbortSignal.abort("gone"))?.catch((reason) => reason)).resolves.toBe("gone");
});
