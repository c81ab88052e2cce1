/** The outbox against a scripted server: order, retries, lost acknowledgements, other lives and other people. */
import { beforeEach, expect, test } from "bun:test";
import type { Post } from "./frames.ts";
import { createOutbox, OUTBOX_MAX, type PendingState } from "./outbox.ts";
import type { Entry, OutboxStore } from "./outbox-store.ts";

const WAIT_MAX_MS = 4_000;

let stored: Map<string, Entry>;
let store: OutboxStore;
beforeEach(() => {
  // What a test leaves waiting still has its own store when it wakes.
  const own = new Map<string, Entry>();
  stored = own;
  store = {
    put: async (entry) => void own.set(entry.id, entry),
    remove: async (id) => void own.delete(id),
    keepOnly: async () => undefined,
    list: async (user) =>
      [...own.values()].filter((entry) => entry.user === user).sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
});

function harness(user = "me", life = "life") {
  const kept = stored;
  const posts: Post[] = [];
  const states = new Map<string, PendingState>();
  let now = Date.now();
  const outbox = createOutbox({
    user,
    life,
    store,
    send: (frame) => {
      if (!("post" in frame)) return false;
      if (!kept.has(frame.post.id)) throw new Error("A message was sent before it was kept.");
      posts.push(frame.post);
      return true;
    },
    alone: (_name, work) => work(),
    show: (entry, state) => {
      if (state !== "sent" && !kept.has(entry.id)) throw new Error("A message was shown before it was kept.");
      states.set(entry.text, state);
    },
    hide: () => {},
    tell: () => {},
    suspect: () => {},
    now: () => now,
  });
  const posted = async (count: number): Promise<Post> => {
    await until(() => posts.length >= count);
    const post = posts[count - 1];
    if (!post) throw new Error("unreachable");
    return post;
  };
  const later = (ms: number) => {
    now += ms;
  };
  return { outbox, posts, posted, states, later };
}

async function until(done: () => boolean): Promise<void> {
  const deadline = performance.now() + WAIT_MAX_MS;
  while (!done()) {
    if (performance.now() > deadline) throw new Error("The condition did not come true in time.");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

test("a room's next message leaves only after the last one was answered; other rooms do not wait", async () => {
  const { outbox, posts, posted } = harness();
  await outbox.opened();
  await Promise.all([
    outbox.add("r", { text: "one" }),
    outbox.add("r", { text: "two" }),
    outbox.add("s", { text: "three" }),
  ]);
  await posted(2);
  expect(posts.map(({ text }) => text).sort()).toEqual(["one", "three"]);
  outbox.acked(posts.find(({ text }) => text === "one")?.id ?? "");
  expect((await posted(3)).text).toBe("two");
});

test("what was written offline leaves in order at connect, and nothing stays behind", async () => {
  const { outbox, posted, posts, states } = harness();
  for (const text of ["one", "two", "three"]) await outbox.add("r", { text });
  expect(posts).toEqual([]);
  await outbox.opened();
  for (const [index, text] of ["one", "two", "three"].entries()) {
    const post = await posted(index + 1);
    expect(post.text).toBe(text);
    outbox.acked(post.id);
  }
  await until(() => stored.size === 0);
  expect(states.get("three")).toBe("sent");
});

test("a connection lost before the answer sends the same id again", async () => {
  const { outbox, posted, states } = harness();
  await outbox.opened();
  await outbox.add("r", { text: "one" });
  const first = await posted(1);
  outbox.lost(1006);
  await until(() => states.get("one") === "waiting");
  await outbox.opened();
  expect((await posted(2)).id).toBe(first.id);
});

test("messages of an earlier life or older than the server remembers say so", async () => {
  const before = harness("me", "earlier");
  await before.outbox.add("r", { text: "one" });
  const { outbox, posted, later } = harness();
  await outbox.opened();
  const first = await posted(1);
  expect(first.resend).toBe(true);
  outbox.acked(first.id);
  outbox.lost(1006);
  await outbox.add("r", { text: "two" });
  later(60_001);
  await outbox.opened();
  expect((await posted(2)).resend).toBe(true);
});

test("a fresh message does not ask the server to look back", async () => {
  const { outbox, posted } = harness();
  await outbox.opened();
  await outbox.add("r", { text: "one" });
  expect((await posted(1)).resend).toBeUndefined();
});

test("a retryable refusal waits and keeps the order", async () => {
  const { outbox, posts, posted, states } = harness();
  await outbox.opened();
  await outbox.add("r", { text: "one" });
  await outbox.add("r", { text: "two" });
  const { id } = await posted(1);
  outbox.refused({ id, code: "rate-limited", sentence: "Slow down.", retryAfterMs: 20 });
  const again = await posted(2);
  expect(again.id).toBe(id);
  expect(posts.map(({ text }) => text)).toEqual(["one", "one"]);
  outbox.acked(id);
  expect((await posted(3)).text).toBe("two");
  expect(states.get("one")).toBe("sent");
});

test("a final refusal is kept with its sentence, lets the next go, and can be tried again or taken back", async () => {
  const { outbox, posted, states } = harness();
  await outbox.opened();
  await outbox.add("r", { text: "one" });
  await outbox.add("r", { text: "two" });
  const one = await posted(1);
  outbox.refused({ id: one.id, code: "forbidden", sentence: "You are not in this room." });
  const two = await posted(2);
  expect(two.text).toBe("two");
  outbox.acked(two.id);
  expect(states.get("one")).toBe("refused");
  expect(stored.get(one.id)?.refusal?.sentence).toBe("You are not in this room.");
  await outbox.retry(one.id);
  expect((await posted(3)).text).toBe("one");
  outbox.refused({ id: one.id, code: "forbidden", sentence: "No." });
  await until(() => stored.get(one.id)?.refusal?.sentence === "No.");
  expect(await outbox.takeBack(one.id)).toEqual({ text: "one", replyTo: undefined });
  expect(stored.size).toBe(0);
});

test("a reply says what it answers; where that can't be answered it goes without, or comes back so", async () => {
  const { outbox, posted } = harness();
  const replyTo = { id: "m1", offset: 1, author: "Ana", text: "why?" };
  await outbox.opened();
  await outbox.add("r", { text: "one", replyTo });
  const one = await posted(1);
  expect(one.replyTo).toBe("m1");
  outbox.refused({ id: one.id, code: "forbidden", sentence: "You are not in this room." });
  await until(() => stored.get(one.id)?.refusal !== undefined);
  await outbox.retry(one.id);
  expect((await posted(2)).replyTo).toBe("m1");
  outbox.refused({ id: one.id, code: "invalid", sentence: "It was deleted.", field: "replyTo" });
  await until(() => stored.get(one.id)?.refusal?.field === "replyTo");
  await outbox.retry(one.id, true);
  expect(await posted(3)).toEqual({ id: one.id, room: "r", text: "one" });
  outbox.acked(one.id);
  await outbox.add("r", { text: "two", replyTo });
  const two = await posted(4);
  outbox.refused({ id: two.id, code: "forbidden", sentence: "You are not in this room." });
  await until(() => stored.get(two.id)?.refusal !== undefined);
  expect(await outbox.takeBack(two.id)).toEqual({ text: "two", replyTo });
  await outbox.add("r", { text: "three", replyTo });
  const three = await posted(5);
  outbox.refused({ id: three.id, code: "invalid", sentence: "It was deleted.", field: "replyTo" });
  await until(() => stored.get(three.id)?.refusal !== undefined);
  expect(await outbox.takeBack(three.id)).toEqual({ text: "three", replyTo: undefined });
});

test("a frame the server found too large is not sent for ever", async () => {
  const { outbox, posted, states, posts } = harness();
  await outbox.opened();
  await outbox.add("r", { text: "huge" });
  await posted(1);
  outbox.lost(1009);
  await until(() => states.get("huge") === "refused");
  await outbox.opened();
  expect(posts.length).toBe(1);
});

test("another person's messages are neither sent nor shown", async () => {
  await harness("someone else").outbox.add("r", { text: "private" });
  const { outbox, posts, states } = harness();
  await outbox.refresh({});
  await outbox.opened();
  expect(states.size).toBe(0);
  expect(posts).toEqual([]);
});

test("a message whose entry arrives while it waits is settled without being sent again", async () => {
  const { outbox, posts } = harness();
  await outbox.add("r", { text: "one" });
  const [id = ""] = stored.keys();
  outbox.acked(id);
  await until(() => stored.size === 0);
  await outbox.opened();
  expect(posts).toEqual([]);
});

test("another tab's acknowledgement settles the message here", async () => {
  const { outbox, states } = harness();
  await outbox.add("r", { text: "one" });
  const [id = ""] = stored.keys();
  stored.delete(id);
  await outbox.refresh({ acked: id });
  expect(states.get("one")).toBe("sent");
});

test("the outbox takes its most and not one more", async () => {
  const { outbox } = harness();
  const entry = { user: "me", room: "r", text: "x", at: 0, life: "life" };
  for (let each = 1; each < OUTBOX_MAX; each++) stored.set(`${each}`, { ...entry, id: `${each}` });
  expect(await outbox.add("r", { text: "fits" })).toBe(true);
  expect(await outbox.add("r", { text: "does not" })).toBe(false);
});
