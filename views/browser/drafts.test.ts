/** Drafts in the browser's storage, and tabs that share them: nothing written is lost, and what was sent is not there a second time. */
import { beforeEach, expect, test } from "bun:test";
import { createDraftSync } from "./draft-sync.ts";
import {
  createDraft,
  DRAFT_KEPT_MS,
  DRAFT_MAX_LENGTH,
  DRAFTS_MAX,
  forgetDrafts,
  parseDraft,
  type Written,
} from "./drafts.ts";

let stored: Map<string, string>;
beforeEach(() => {
  stored = new Map();
  globalThis.localStorage = {
    getItem: (name) => stored.get(name) ?? null,
    setItem: (name, value) => void stored.set(name, value),
    removeItem: (name) => void stored.delete(name),
    key: (index) => [...stored.keys()][index] ?? null,
    clear: () => stored.clear(),
    get length() {
      return stored.size;
    },
  };
});

const quote = { id: "m1", offset: 3, author: "ana", text: "first" };

/** A tab of the room; `write` is somebody who types and pauses. */
function openTab(tabs: { hear(newValue: string | null): void }[] = []) {
  const draft = createDraft("me", "r", crypto.randomUUID());
  let shown: Written = draft.load();
  const show = (written: Written) => {
    shown = written;
  };
  const sync = createDraftSync(draft, { read: () => shown, show }, shown);
  const tab = { hear: (newValue: string | null) => sync.look(parseDraft(newValue)) };
  const others = () => tabs.filter((other) => other !== tab);
  tabs.push(tab);
  /** As the browser does: each change of the shared draft is told to the other tabs, one after the other. */
  const telling = (work: () => void) => {
    const news: (string | null)[] = [];
    const { setItem, removeItem } = localStorage;
    localStorage.setItem = (name, value) => {
      setItem(name, value);
      if (name === draft.key) news.push(value);
    };
    localStorage.removeItem = (name) => {
      if (name === draft.key && stored.has(name)) news.push(null);
      removeItem(name);
    };
    work();
    Object.assign(localStorage, { setItem, removeItem });
    for (const value of news) for (const other of others()) other.hear(value);
  };
  return {
    shows: () => shown,
    type(text: string, replyTo?: Written["replyTo"]) {
      shown = { text, replyTo };
      sync.changed();
    },
    write(text: string, replyTo?: Written["replyTo"]) {
      this.type(text, replyTo);
      telling(sync.leave);
    },
    send() {
      shown = { text: "" };
      telling(sync.sent);
    },
    wake: () => sync.look(),
    close: () => {
      telling(sync.leave);
      tabs.splice(tabs.indexOf(tab), 1);
    },
  };
}

const draftOf = (room = "r") => createDraft("me", room, "t").load();

test("a tab that was never written in leaves the draft of another alone when it closes", () => {
  const tabs: [] = [];
  const [written, empty] = [openTab(tabs), openTab(tabs)];
  written.write("half a sentence", quote);
  empty.close();
  written.close();
  expect(draftOf()).toMatchObject({ text: "half a sentence", replyTo: quote });
});

test("tabs follow each other, chips included, while only one is written in", () => {
  const tabs: [] = [];
  const [one, other] = [openTab(tabs), openTab(tabs)];
  one.write("hel", quote);
  expect(other.shows()).toMatchObject({ text: "hel", replyTo: quote });
  other.write("hello");
  expect(one.shows().text).toBe("hello");
  one.write("");
  expect(other.shows().text).toBe("");
  expect(stored.size).toBe(0);
});

test("what is sent in one tab leaves the other, also the end that was not saved yet", () => {
  const tabs: [] = [];
  const [one, other] = [openTab(tabs), openTab(tabs)];
  one.write("hell");
  one.type("hello");
  one.send();
  expect(other.shows().text).toBe("");
  other.write("mine");
  one.wake();
  expect(one.shows().text).toBe("mine");
  one.send();
  // It was written there, and is the same.
  expect(other.shows().text).toBe("");
  expect(stored.size).toBe(0);
});

test("a tab that slept learns at its next look that its text was sent", () => {
  const [sleeping, other] = [openTab(), openTab()];
  sleeping.write("hello");
  other.wake();
  expect(other.shows().text).toBe("hello");
  other.send();
  sleeping.wake();
  expect(sleeping.shows().text).toBe("");
});

test("what differs is kept: the other's text by itself, mine by itself, and both are there afterwards", () => {
  const tabs: [] = [];
  const [one, other] = [openTab(tabs), openTab(tabs)];
  one.type("mine");
  other.write("theirs");
  expect(one.shows().text).toBe("mine");
  one.write("mine, longer");
  expect(other.shows().text).toBe("theirs");
  one.close();
  other.close();
  expect(draftOf().text.split("\n").sort()).toEqual(["mine, longer", "theirs"]);
  expect(stored.size).toBe(1);
});

test("what was kept by a tab that is closed since is not written over, nor kept twice by one that was told nothing", () => {
  const [one, deaf] = [openTab(), openTab()];
  one.type("mine");
  deaf.write("theirs");
  deaf.close();
  one.close();
  expect(draftOf().text.split("\n").sort()).toEqual(["mine", "theirs"]);
  stored.clear();
  const tabs: [] = [];
  const [first, second] = [openTab(tabs), openTab(tabs)];
  first.write("hel");
  tabs.pop();
  first.write("hello");
  second.close();
  expect(draftOf().text).toBe("hello");
});

test("of two that differ each is sent by itself, and the other stays", () => {
  const tabs: [] = [];
  const [one, other] = [openTab(tabs), openTab(tabs)];
  one.type("mine");
  other.write("theirs");
  one.write("mine");
  other.send();
  expect(one.shows().text).toBe("mine");
  one.send();
  expect(stored.size).toBe(0);
  one.write("next");
  expect(other.shows().text).toBe("next");
});

test("the newest drafts are kept, not for ever, and not without end", () => {
  let now = 1_000_000_000_000;
  const draft = (room: string, user = "me") => createDraft(user, room, "t", () => now);
  for (let n = 0; n <= DRAFTS_MAX; n++) {
    draft(`r${n}`).write({ text: "x".repeat(n === 0 ? 1 : DRAFT_MAX_LENGTH + 1) }, false);
    now += 1;
  }
  draft("r1", "you").write({ text: "yours" }, false);
  expect([...stored.keys()].filter((name) => name.startsWith("draft me "))).toHaveLength(DRAFTS_MAX);
  expect(draft("r0").load().text).toBe("");
  expect(draft("r1").load().text).toHaveLength(DRAFT_MAX_LENGTH);
  now += DRAFT_KEPT_MS;
  draft("new").write({ text: "new" }, false);
  expect(draft("r1").load().text).toBe("");
  expect(draft(`r${DRAFTS_MAX}`).load().text).toBe("");
  expect(draft("new").load().text).toBe("new");
});

test("texts that older pages kept are read, whatever they look like", () => {
  for (const text of ["hello", "{}", "12", "null", '{"text"', '"x"']) {
    stored.set("draft me r", text);
    expect(draftOf().text).toBe(text);
  }
});

test("a browser without storage keeps nothing, and nothing fails", () => {
  Object.defineProperty(globalThis, "localStorage", {
    configurable: true,
    get() {
      throw new Error("denied");
    },
  });
  expect(() => createDraft("me", "r", "t").write({ text: "x" }, false)).not.toThrow();
  expect(createDraft("me", "r", "t").load()).toEqual({ text: "" });
  expect(() => forgetDrafts("")).not.toThrow();
  Object.defineProperty(globalThis, "localStorage", { configurable: true, writable: true, value: undefined });
});

test("one's own drafts stay when those of others go; who signed out keeps none, and writes none", () => {
  createDraft("me", "r", "t").write({ text: "mine" }, false);
  createDraft("you", "r", "t").write({ text: "yours" }, false);
  stored.set("reply you r", "{}");
  stored.set("theme", "dark");
  forgetDrafts("me");
  expect([...stored.keys()].sort()).toEqual(["draft me r", "theme"]);
  forgetDrafts("", true);
  createDraft("me", "r", "t").write({ text: "mine" }, false);
  expect([...stored.keys()]).toEqual(["theme"]);
});
