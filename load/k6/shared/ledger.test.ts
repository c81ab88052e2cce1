import { describe, expect, test } from "bun:test";
import { addFaults, createLedger, type Ledger, noFaults } from "./ledger.ts";

const room = (...ids: string[]) => new Map(ids.map((id, index) => [index + 1, id]));

/** One reader from the room's beginning. */
function read(...offsets: number[]) {
  const ledger = createLedger();
  const reading = ledger.openReading(0);
  for (const offset of offsets) reading.take(offset, `e${offset}`);
  return { ledger, reading };
}

function say(ledger: Ledger, connection: string, ...ids: string[]) {
  for (const id of ids) {
    ledger.noteSending(id, connection);
    ledger.noteAck(id);
  }
}

describe("one reader", () => {
  test("all in order is no fault, wherever the reading began", () => {
    const reading = createLedger().openReading(41);
    for (const offset of [42, 43, 44]) reading.take(offset, `e${offset}`);
    expect(reading.finish(44)).toEqual(noFaults);
    expect(reading.last()).toBe(44);
  });
  test("a hole is lost", () => expect(read(1, 2, 5).reading.finish(5)).toEqual({ ...noFaults, lost: 2 }));
  test("a missing end is lost", () => expect(read(1, 2).reading.finish(4)).toEqual({ ...noFaults, lost: 2 }));
  test("nothing at all is lost", () => expect(read().reading.finish(3)).toEqual({ ...noFaults, lost: 3 }));
  test("what came later than the asked end is no fault", () =>
    expect(read(1, 2, 3).reading.finish(2)).toEqual(noFaults));
  test("a second time is doubled", () =>
    expect(read(1, 2, 2, 3, 1).reading.finish(3)).toEqual({ ...noFaults, doubled: 2 }));
  test("what comes after its successor is reordered, not lost", () =>
    expect(read(1, 3, 2, 4).reading.finish(4)).toEqual({ ...noFaults, reordered: 1 }));
  test("each kind at once", () =>
    expect(read(1, 3, 2, 2, 6).reading.finish(6)).toEqual({ lost: 2, doubled: 1, reordered: 1 }));
  test("a hole too large to wait for is lost, at its edge too", () => {
    expect(read(100_001).reading.finish(100_001).lost).toBe(100_000);
    expect(read(100_002).reading.finish(100_002).lost).toBe(100_001);
    expect(read(100_002, 5).reading.finish(100_002)).toEqual({ lost: 100_001, doubled: 1, reordered: 0 });
  });
});

describe("all of them against the room's record", () => {
  test("the same everywhere is no fault", () => {
    const { ledger } = read(1, 2, 3);
    say(ledger, "a", "e1", "e3");
    expect(ledger.check(room("e1", "e2", "e3"))).toEqual(noFaults);
  });
  test("an acked message that is nowhere is lost, and is waited for before", () => {
    const { ledger } = read(1);
    say(ledger, "a", "e1", "e2");
    expect(ledger.ackedBeyond(room("e1"))).toBe(1);
    expect(ledger.check(room("e1"))).toEqual({ ...noFaults, lost: 1 });
    expect(ledger.ackedBeyond(room("e1", "e2"))).toBe(0);
  });
  test("an event at two places is doubled", () =>
    expect(createLedger().check(room("e1", "e2", "e1"))).toEqual({ ...noFaults, doubled: 1 }));
  test("readers who saw different events at one place disagree about the order", () => {
    const { ledger } = read(1, 2);
    const other = ledger.openReading(0);
    other.take(1, "e1");
    other.take(2, "e3");
    expect(ledger.check(room("e1", "e2", "e3"))).toEqual({ ...noFaults, reordered: 1 });
  });
  test("a record that tells another order than was seen live is a fault", () => {
    const { ledger } = read(1, 2, 3);
    expect(ledger.check(room("e1", "e3", "e2"))).toEqual({ ...noFaults, reordered: 2 });
  });
  test("a hole in the record is lost", () =>
    expect(
      createLedger().check(
        new Map([
          [3, "e3"],
          [6, "e6"],
        ]),
      ),
    ).toEqual({ ...noFaults, lost: 2 }));
  test("one connection's own keep their order; two connections' need not", () => {
    const [one, two] = [createLedger(), createLedger()];
    say(one, "a", "e2", "e1");
    say(two, "a", "e2");
    say(two, "b", "e1");
    expect(one.check(room("e1", "e2"))).toEqual({ ...noFaults, reordered: 1 });
    expect(two.check(room("e1", "e2"))).toEqual(noFaults);
  });
});

describe("what is no fault", () => {
  test("a message that was never acked may be there or not", () => {
    const ledger = createLedger();
    ledger.noteSending("e2", "a");
    expect(ledger.check(room("e1"))).toEqual(noFaults);
    expect(ledger.ackedBeyond(room("e1"))).toBe(0);
  });
  test("one that was sent again may come after its successor", () => {
    const ledger = createLedger();
    say(ledger, "a", "e2", "e1");
    ledger.noteSending("e2", "b");
    expect(ledger.check(room("e1", "e2"))).toEqual(noFaults);
  });
  test("live events that came after the record was read", () =>
    expect(read(1, 2, 3).ledger.check(room("e1", "e2"))).toEqual(noFaults));
});

test("faults add up", () => {
  const faults = { lost: 1, doubled: 2, reordered: 3 };
  expect(addFaults(faults, noFaults, faults)).toEqual({ lost: 2, doubled: 4, reordered: 6 });
});
