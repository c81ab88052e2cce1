/** Drafts in the browser's storage, and tabs that share them: nothing written is lost, and what was sent is not there a second time. */
import { beforeEach, expect, test } from "bun:test";
import { createDraftSync } from "./draft-sync.ts";
import {
  countDrafts,
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

type Hear = (key: string, value: string | null) => void;

/** A tab of the room; `write` is somebody who types and pauses. Those in one list hear of each other, as the browser tells them. */
function openTab(tabs: { hear: Hear }[] = [], name: string = crypto.randomUUID()) {
  const draft = createDraft("me", "r", name);
  let shown: Written = { text: "" };
  let changes = 0;
  const sync = createDraftSync(draft, {
    read: () => shown,
    show(written) {
      shown = written;
      changes += 1;
    },
  });
  const news: [string, string | null][] = [];
  /** As the browser does: each change is told to the other tabs, one after the other, when it is done. */
  const telling = (work: () => void) => {
    const { setItem, removeItem } = localStorage;
    localStorage.setItem = (key, value) => {
      setItem(key, value);
      news.push([key, value]);
    };
    localStorage.removeItem = (key) => {
      if (stored.has(key)) news.push([key, null]);
      removeItem(key);
    };
    work();
    Object.assign(localStorage, { setItem, removeItem });
    for (const [key, value] of news.splice(0)) for (const other of tabs) if (other !== tab) other.hear(key, value);
  };
  const tab = {
    hear: (key: string, value: string | null) => telling(() => sync.hear(key, value)),
    shows: () => shown,
    /** How often the field was changed by anything but its writer. */
    changes: () => changes,
    type(text: string, replyTo?: Written["replyTo"]) {
      shown = { text, replyTo };
      sync.changed();
    },
    write(text: string, replyTo?: Written["replyTo"]) {
      tab.type(text, replyTo);
      telling(sync.leave);
    },
    send() {
      const message = shown;
      shown = { text: "" };
      telling(() => sync.sent(message));
    },
    wake: () => telling(sync.wake),
    close() {
      telling(sync.leave);
      tabs.splice(tabs.indexOf(tab), 1);
    },
    reload() {
      tab.close();
      return openTab(tabs, name);
    },
  };
  sync.begin();
  changes = 0;
  tabs.push(tab);
  return tab;
}

const draftOf = (room = "r") => createDraft("me", room, "t").newest();
const texts = () => [...stored.values()].map((value) => parseDraft(value).text).sort();

test("a tab that was never written in leaves the draft of another alone when it closes", () => {
  const tabs: [] = [];
  const [written, empty] = [openTab(tabs), openTab(tabs)];
  written.write("half a sentence", quote);
  empty.close();
  written.close();
  expect(draftOf()).toMatchObject({ text: "half a sentence", replyTo: quote });
});

test("a tab that was never written in follows the one that is, chips included", () => {
  const tabs: [] = [];
  const [one, other] = [openTab(tabs), openTab(tabs)];
  one.write("hel", quote);
  expect(other.shows()).toMatchObject({ text: "hel", replyTo: quote });
  one.write("hello");
  expect(other.shows().text).toBe("hello");
  one.write("");
  expect(other.shows().text).toBe("");
  expect(stored.size).toBe(0);
});

test("a field that is written in is never changed from outside, and a reload gives each tab its own text, alone", () => {
  const tabs: [] = [];
  const [one, other] = [openTab(tabs), openTab(tabs)];
  one.type("alpha");
  other.write("beta");
  one.write("alpha text");
  other.write("beta text");
  one.wake();
  const again = other.reload();
  again.wake();
  expect([one.shows().text, again.shows().text]).toEqual(["alpha text", "beta text"]);
  expect([one.changes(), again.changes()]).toEqual([0, 0]);
  // Also after many reloads, in any order.
  const first = one.reload().reload();
  expect([first.shows().text, again.reload().shows().text]).toEqual(["alpha text", "beta text"]);
  expect(texts()).toEqual(["alpha text", "beta text"]);
});

test("of two that differ each is sent by itself; the other stays, after a reload as well", () => {
  const tabs: [] = [];
  const [one, other] = [openTab(tabs), openTab(tabs)];
  one.type("AAAA");
  other.write("BBBB");
  one.send();
  one.wake();
  // Nor does the other's text come into the field that has just been sent from.
  expect([one.shows().text, other.shows().text]).toEqual(["", "BBBB"]);
  const again = other.reload();
  expect(again.shows().text).toBe("BBBB");
  one.write("next");
  expect(again.shows().text).toBe("BBBB");
  again.send();
  expect(one.shows().text).toBe("next");
  expect(texts()).toEqual(["next"]);
});

test("who goes on with what another tab wrote has it apart, and that tab keeps its own", () => {
  const tabs: [] = [];
  const [one, other] = [openTab(tabs), openTab(tabs)];
  one.write("one");
  other.write("one more");
  expect([one.shows().text, other.shows().text]).toEqual(["one", "one more"]);
  expect(texts()).toEqual(["one", "one more"]);
  one.send();
  expect(other.reload().shows().text).toBe("one more");
});

test("what a tab left that is closed is gone on with, sent or deleted in the next, and does not come back", () => {
  const ends: ((tab: ReturnType<typeof openTab>) => void)[] = [
    (tab) => tab.send(),
    (tab) => tab.write(""),
    (tab) => {
      tab.type("half a sentence, and the rest");
      tab.send();
    },
    (tab) => {
      tab.write("something else");
      tab.send();
    },
  ];
  for (const end of ends) {
    const tabs: [] = [];
    const one = openTab(tabs);
    one.write("half a sentence");
    one.close();
    const next = openTab(tabs);
    expect(next.shows().text).toBe("half a sentence");
    end(next);
    expect(next.reload().shows().text).toBe("");
    expect(stored.size).toBe(0);
  }
});

test("two that were left are shown one after the other, the newest first, never joined", () => {
  let now = Date.now();
  for (const text of ["first", "second"]) createDraft("me", "r", text, () => now++).write({ text });
  const tab = openTab();
  expect(tab.shows().text).toBe("second");
  tab.send();
  expect(tab.reload().shows().text).toBe("first");
});

test("what is sent is not left by a closed tab either that had written the same", () => {
  for (const name of ["one", "two", "three"]) createDraft("me", "r", name).write({ text: "same" });
  const tab = openTab();
  tab.send();
  expect(tab.reload().shows().text).toBe("");
  expect(stored.size).toBe(0);
});

test("what is sent in one tab leaves the other, also the end that was not saved yet", () => {
  const tabs: [] = [];
  const [one, other, third] = [openTab(tabs), openTab(tabs), openTab(tabs)];
  one.write("hell");
  one.type("hello");
  third.type("hello");
  one.send();
  expect([other.shows().text, third.shows().text]).toEqual(["", ""]);
  other.write("mine");
  third.write("mine");
  third.send();
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

test("a tab that was copied has its own from the first key on", () => {
  const tabs: [] = [];
  const one = openTab(tabs, "same");
  one.write("hello");
  const copy = openTab(tabs, "same");
  expect(copy.shows().text).toBe("hello");
  copy.write("hello from the copy");
  one.write("hello from the first");
  expect(texts()).toEqual(["hello from the copy", "hello from the first"]);
});

test("a draft that had to go for newer ones, or is longer than what is kept, stays in its field", () => {
  const tabs: [] = [];
  const [one, other] = [openTab(tabs), openTab(tabs)];
  one.write("old");
  other.write("x".repeat(DRAFT_MAX_LENGTH + 1));
  const keys = [...stored.keys()];
  stored.clear();
  for (const key of keys) one.hear(key, null);
  one.wake();
  expect(one.shows().text).toBe("old");
  other.write("y".repeat(DRAFT_MAX_LENGTH + 1));
  other.wake();
  expect(other.shows().text).toHaveLength(DRAFT_MAX_LENGTH + 1);
});

test("the newest drafts are kept, not for ever, and not without end", () => {
  let now = 1_000_000_000_000;
  const draft = (room: string, user = "me") => createDraft(user, room, "t", () => now);
  for (let n = 0; n <= DRAFTS_MAX; n++) {
    draft(`r${n}`).write({ text: "x".repeat(n === 0 ? 1 : DRAFT_MAX_LENGTH + 1) });
    now += 1;
  }
  draft("r1", "you").write({ text: "yours" });
  expect([...stored.keys()].filter((name) => name.startsWith("draft me "))).toHaveLength(DRAFTS_MAX);
  expect(draft("r0").newest().text).toBe("");
  expect(draft("r1").newest().text).toHaveLength(DRAFT_MAX_LENGTH);
  now += DRAFT_KEPT_MS;
  draft("new").write({ text: "new" });
  expect(draft("r1").newest().text).toBe("");
  expect(draft(`r${DRAFTS_MAX}`).newest().text).toBe("");
  expect(draft("new").newest().text).toBe("new");
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
  expect(() => createDraft("me", "r", "t").write({ text: "x" })).not.toThrow();
  expect(createDraft("me", "r", "t").newest()).toMatchObject({ text: "" });
  expect(() => forgetDrafts("")).not.toThrow();
  Object.defineProperty(globalThis, "localStorage", { configurable: true, writable: true, value: undefined });
});

test("one's own drafts stay when those of others go; who signed out keeps none, and writes none", () => {
  createDraft("me", "r", "t").write({ text: "mine" });
  createDraft("you", "r", "t").write({ text: "yours" });
  stored.set("reply you r", "{}");
  stored.set("theme", "dark");
  forgetDrafts("me");
  expect([...stored.keys()].sort()).toEqual(["draft me r t", "theme"]);
  expect([countDrafts("me"), countDrafts("you")]).toEqual([1, 0]);
  forgetDrafts("", true);
  createDraft("me", "r", "t").write({ text: "mine" });
  expect([...stored.keys()]).toEqual(["theme"]);
});
