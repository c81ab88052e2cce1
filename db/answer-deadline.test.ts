import { expect, test } from "bun:test";
import { until } from "#tests/support/wait.ts";
import { createAnswerDeadline } from "./answer-deadline.ts";
import { DatabaseLost } from "./database.ts";

function frozen() {
  const owed: (() => void)[] = [];
  let isFrozen = true;
  const ask = async () => {
    if (isFrozen) await new Promise<void>((resolve) => owed.push(resolve));
    return "answer";
  };
  return {
    ask,
    asked: () => owed.length,
    thaw: () => {
      isFrozen = false;
      for (const give of owed) give();
    },
  };
}

test("a silent server fails what is asked, then at once, and is there again with what it owes", async () => {
  const server = frozen();
  const deadline = createAnswerDeadline({ probe: server.ask, answerWithinMs: 30, askAgainMs: 10 });
  await expect(deadline.within(server.ask)).rejects.toThrow(DatabaseLost);
  const asked = server.asked();
  await expect(deadline.within(server.ask)).rejects.toThrow("has not answered for a while");
  expect(server.asked()).toBeLessThanOrEqual(asked + 1);
  server.thaw();
  await until(() => deadline.within(server.ask).catch(() => undefined), { what: "an answer" });
  expect(await deadline.within(server.ask)).toBe("answer");
  deadline.close();
});

test("a refusal is an answer, and passes as it is", async () => {
  const deadline = createAnswerDeadline({ probe: async () => undefined, answerWithinMs: 1_000 });
  const refused = async () => {
    throw new TypeError("no such table");
  };
  await expect(deadline.within(refused)).rejects.toThrow(TypeError);
  expect(await deadline.within(async () => 1)).toBe(1);
  deadline.close();
});

test("a server that is silent for good is asked one question at a time", async () => {
  const server = frozen();
  const deadline = createAnswerDeadline({ probe: server.ask, answerWithinMs: 5, askAgainMs: 1 });
  await expect(deadline.within(server.ask)).rejects.toThrow(DatabaseLost);
  await until(() => server.asked() >= 2, { what: "a probe" });
  await Bun.sleep(30);
  expect(server.asked()).toBe(2);
  deadline.close();
});
