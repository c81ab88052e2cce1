/**
 * Sends messages exactly in the order they were written, one room's next only after the last was answered, and keeps
 * each until the server has it. Holds no DOM: pending.ts shows, outbox-store.ts keeps.
 */
import type { Written } from "./drafts.ts";
import { newEventId } from "./event-id.ts";
import type { PageFrame, Refusal } from "./frames.ts";
import type { Entry, OutboxStore } from "./outbox-store.ts";

/** Messages one person may have waiting, over all rooms. */
export const OUTBOX_MAX = 500;
const ACK_WAIT_MS = 10_000;
/** Older messages are sent with `resend`, so that the server looks further back for their id. */
const RESEND_AFTER_MS = 45_000;
const FIRST_WAIT_MS = 1_000;
const WAIT_MAX_MS = 30_000;

/** `sent`: acknowledged, its entry in the log has yet to arrive. */
export type PendingState = "sending" | "sent" | "waiting" | "refused";

export interface OutboxPorts {
  readonly user: string;
  readonly life: string;
  readonly store: OutboxStore;
  send(frame: PageFrame): boolean;
  /** Runs `work` while no other tab runs work of that name. */
  alone(name: string, work: () => Promise<void>): Promise<void>;
  show(entry: Entry, state: PendingState): void;
  hide(id: string): void;
  /** Tells the other tabs; `acked` names a message the server has. */
  tell(news: { acked?: string }): void;
  /** An answer is overdue on a socket that seems open. */
  suspect(): void;
  now(): number;
}

export interface Outbox {
  /** Keeps the message, then shows and sends it. False: too many are waiting. */
  add(room: string, written: Written): Promise<boolean>;
  opened(): Promise<void>;
  lost(code: number): void;
  acked(id: string): void;
  refused(refusal: Refusal): void;
  /** `unquoted`: without what it answers. */
  retry(id: string, unquoted?: boolean): Promise<void>;
  /** Gives back what was written, for editing; the message is not sent. */
  takeBack(id: string): Promise<Written>;
  /** Another tab changed the store. */
  refresh(news: { acked?: string }): Promise<void>;
}

type Answer = "acked" | "lost" | "silent" | "too-large" | Refusal;

const TOO_LARGE = "This message is too large to send. Shorten or split it.";
/** What it answers can't be answered: it goes without, or not at all. */
export const isUnanswerable = ({ refusal }: Entry) => refusal?.field === "replyTo";
const isFinal = ({ code }: Refusal) => code !== "unavailable" && code !== "rate-limited";

export function createOutbox(ports: OutboxPorts): Outbox {
  const { store, user, life } = ports;
  const known = new Map<string, Entry>();
  const awaiting = new Map<string, (answer: Answer) => void>();
  const draining = new Set<string>();
  const asked = new Set<string>();
  let open = false;
  let wake: () => void = () => {};
  let closed = Promise.resolve();
  let adding: Promise<unknown> = Promise.resolve();

  const list = () => store.list(user);

  async function keep(room: string, { text, replyTo }: Written): Promise<boolean> {
    if ((await list()).length >= OUTBOX_MAX) return false;
    const head = { id: newEventId(ports.now()), user, room, at: ports.now(), life };
    const entry: Entry = { ...head, text, ...(replyTo && { replyTo }) };
    await store.put(entry);
    show(entry, "sending");
    ports.tell({});
    void drain(room);
    return true;
  }

  function show(entry: Entry, state: PendingState): void {
    known.set(entry.id, entry);
    ports.show(entry, state);
  }

  /** One drain per room and tab at a time; being asked meanwhile makes it look again. */
  async function drain(room: string): Promise<void> {
    asked.add(room);
    if (draining.has(room)) return;
    draining.add(room);
    while (open && asked.delete(room)) await ports.alone(`outbox ${user} ${room}`, () => sendAll(room));
    draining.delete(room);
  }

  async function sendAll(room: string): Promise<void> {
    for (let attempt = 0; open; ) {
      const entry = (await list()).find((next) => next.room === room && !next.refusal);
      if (!entry || !open) return;
      const answer = await deliver(entry);
      if (answer === "acked") attempt = 0;
      else if (answer === "lost") show(entry, "waiting");
      else if (answer === "silent") {
        show(entry, "waiting");
        ports.suspect();
        // Another tab may have a better connection: its turn first.
        asked.add(room);
        return;
      } else if (answer === "too-large") await refuse(entry, { id: entry.id, code: answer, sentence: TOO_LARGE });
      else if (isFinal(answer)) await refuse(entry, answer);
      else {
        show(entry, "waiting");
        await rest(answer.retryAfterMs ?? FIRST_WAIT_MS * 2 ** attempt++);
      }
    }
  }

  async function deliver(entry: Entry): Promise<Answer> {
    const { id, room, text, at, replyTo } = entry;
    const resend = entry.life !== life || ports.now() - at > RESEND_AFTER_MS;
    const answer = await new Promise<Answer>((resolve) => {
      awaiting.set(id, resolve);
      setTimeout(() => resolve("silent"), ACK_WAIT_MS);
      const more = { ...(resend && { resend }), ...(replyTo && { replyTo: replyTo.id }) };
      const post = { id, room, text, ...more };
      if (!ports.send({ post })) resolve("lost");
    });
    awaiting.delete(id);
    if (answer === "acked") await settle(id);
    return answer;
  }

  /** The server has it: the page only waits for its entry in the log. */
  async function settle(id: string): Promise<void> {
    const entry = known.get(id);
    await store.remove(id);
    if (entry) ports.show(entry, "sent");
    known.delete(id);
    ports.tell({ acked: id });
  }

  async function refuse(entry: Entry, refusal: Refusal): Promise<void> {
    const refused = { ...entry, refusal };
    await store.put(refused);
    show(refused, "refused");
    ports.tell({});
  }

  function rest(ms: number): Promise<unknown> {
    const spread = 0.8 + 0.4 * Math.random();
    const wait = new Promise((resolve) => setTimeout(resolve, Math.min(ms, WAIT_MAX_MS) * spread));
    return Promise.race([wait, closed]);
  }

  async function opened(): Promise<void> {
    open = true;
    closed = new Promise((resolve) => {
      wake = resolve;
    });
    const entries = await list();
    for (const room of new Set(entries.map((entry) => entry.room))) void drain(room);
  }

  async function refresh({ acked }: { acked?: string }): Promise<void> {
    const entry = acked === undefined ? undefined : known.get(acked);
    if (entry && acked !== undefined) {
      ports.show(entry, "sent");
      known.delete(acked);
      awaiting.get(acked)?.("acked");
    }
    const entries = await list();
    for (const each of entries) {
      const shown = known.get(each.id);
      if (shown && shown.refusal?.code === each.refusal?.code) continue;
      show(each, each.refusal ? "refused" : open ? "sending" : "waiting");
    }
    const stored = new Set(entries.map(({ id }) => id));
    for (const id of known.keys()) {
      if (stored.has(id)) continue;
      known.delete(id);
      ports.hide(id);
    }
  }

  return {
    add(room, written) {
      const added = adding.then(() => keep(room, written));
      adding = added.catch(() => undefined);
      return added;
    },
    opened,
    lost(code) {
      open = false;
      wake();
      for (const resolve of awaiting.values()) resolve(code === 1009 ? "too-large" : "lost");
      for (const entry of known.values()) if (!entry.refusal) ports.show(entry, "waiting");
    },
    acked(id) {
      const resolve = awaiting.get(id);
      if (resolve) resolve("acked");
      else if (known.has(id)) void settle(id);
    },
    refused(refusal) {
      awaiting.get(refusal.id)?.(refusal);
    },
    async retry(id, unquoted = false) {
      const entry = known.get(id);
      if (!entry) return;
      const { refusal, replyTo, ...rest } = entry;
      const again = replyTo && !unquoted ? { ...rest, replyTo } : rest;
      // An id the server already gave to another text can never be accepted.
      if (refusal?.code === "conflict") {
        await store.remove(id);
        known.delete(id);
        ports.hide(id);
      }
      const renewed = refusal?.code === "conflict" ? { ...again, id: newEventId(ports.now()) } : again;
      await store.put(renewed);
      show(renewed, open ? "sending" : "waiting");
      ports.tell({});
      void drain(entry.room);
    },
    async takeBack(id) {
      const entry = known.get(id);
      await store.remove(id);
      known.delete(id);
      ports.hide(id);
      ports.tell({});
      return { text: entry?.text ?? "", replyTo: entry && !isUnanswerable(entry) ? entry.replyTo : undefined };
    },
    refresh,
  };
}
