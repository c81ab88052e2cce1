/**
 * A person in rooms: reads them, writes, goes away and comes back to where they were. What ends their socket does not end them:
 * they come back by themselves, resume, and send again what was not acked.
 */
import type { Account } from "./account.ts";
import { channelOf, type EventData, type Publication, type Push, type Reply } from "./conversation.ts";
import type { Reading } from "./ledger.ts";
import { type Link, openLink } from "./link.ts";
import * as metrics from "./metrics.ts";
import type { RoomWatch, Watches } from "./room-watch.ts";
import type { Bookmark } from "./slow-reader.ts";
import { about, became, wait } from "./waiting.ts";
import { stamped, stampOf, words } from "./words.ts";

export interface Member {
  readonly seats: readonly Seat[];
  /** Resolves at the ack, or when it was given up; sends again under the same id meanwhile. @returns the id */
  readonly post: (room: string, text?: string) => Promise<string>;
  readonly ask: (command: Parameters<Link["ask"]>[0]) => Promise<Reply | undefined>;
  /** Closes the socket and stays away. */
  readonly goAway: () => void;
  /** Resolves when everything that was missed is there. */
  readonly comeBack: () => Promise<void>;
}

/** In a room whose events are read, or only written to. */
export interface Seat {
  readonly watch: RoomWatch;
  readonly reading: () => Reading | undefined;
}

interface Wish {
  readonly account: Account;
  readonly reads: readonly string[];
  readonly writes?: readonly string[];
  readonly watches: Watches;
  /** Of the one room that is read: goes on from there, instead of beginning now. */
  readonly bookmark?: Bookmark;
  /** In which part of the run this is, for latencies that are compared between parts. */
  readonly part?: () => string;
  /** Hears of everything new in the rooms. */
  readonly heard?: (event: EventData) => void;
}

interface OwnSeat extends Seat {
  readonly isRead: boolean;
  epoch: string;
  current: Reading | undefined;
  /** Where the room was when its reader came back. */
  target: number;
}

const giveUpAfterMs = 60_000;
const firstPauseMs = 200;
const longestPauseMs = 5_000;
const resumeWithinMs = 60_000;

/** Resolves when they are there and hear. @throws Error when that takes too long */
export async function openMember({
  account,
  reads,
  writes = [],
  watches,
  bookmark,
  part,
  heard,
}: Wish): Promise<Member> {
  const seatIn = (room: string, isRead: boolean): OwnSeat => {
    const seat: OwnSeat = {
      watch: watches(room),
      isRead,
      epoch: bookmark?.epoch ?? "",
      current: bookmark?.reading,
      target: 0,
      reading: () => seat.current,
    };
    return seat;
  };
  const seats = [
    ...reads.map((room) => seatIn(room, true)),
    ...writes.filter((room) => !reads.includes(room)).map((room) => seatIn(room, false)),
  ];
  const seatOf = new Map(seats.map((seat) => [channelOf(seat.watch.room), seat]));
  const tags = () => (part === undefined ? undefined : { part: part() });
  let link: Link | undefined;
  let isAway = false;
  /** What was sent before has its time in `resume`. */
  let hereSinceMs = Number.POSITIVE_INFINITY;
  let coming: Promise<void> | undefined;

  const takeEvent = (seat: OwnSeat, { offset, data }: Publication) => {
    heard?.(data);
    if (offset === undefined) return;
    seat.current?.take(offset, data.id);
    if (data.type !== "message.posted") return;
    metrics.received.add(1, tags());
    const sentAtMs = stampOf(data.text);
    if (sentAtMs < hereSinceMs) metrics.caughtUp.add(1);
    else if (sentAtMs > 0) metrics.delivery.add(Date.now() - sentAtMs, tags());
  };

  const subscribe = (seat: OwnSeat, on: Link, done: () => void) => {
    const channel = channelOf(seat.watch.room);
    const from = seat.current === undefined ? {} : { recover: true, epoch: seat.epoch, offset: seat.current.last() };
    on.say({ subscribe: { channel, ...from } }, (reply) => {
      const { subscribe: given } = reply ?? {};
      if (given === undefined) {
        // Nothing can be heard on it: back to the beginning, where the reason is found again or gone.
        if (reply !== undefined) on.close();
        return done();
      }
      if (seat.current !== undefined && given.recovered !== true) metrics.reset.add(1);
      if (seat.current === undefined || given.recovered !== true)
        seat.current = seat.watch.ledger.openReading(given.offset);
      seat.epoch = given.epoch;
      for (const publication of given.publications ?? []) takeEvent(seat, publication);
      done();
    });
  };

  const hear = ({ channel, pub, unsubscribe }: Push) => {
    const seat = seatOf.get(channel ?? "");
    if (seat === undefined) return;
    if (pub !== undefined) takeEvent(seat, pub);
    if (unsubscribe !== undefined && link !== undefined) subscribe(seat, link, () => {});
  };

  /** @returns whether everybody sits */
  const sitDown = async (on: Link): Promise<boolean> => {
    const placed = seats.map(async (seat) => {
      const { history } = (await on.ask({ history: { channel: channelOf(seat.watch.room), limit: 0 } })) ?? {};
      if (history === undefined) return false;
      seat.watch.position ??= history;
      seat.target = history.offset;
      if (seat.isRead) await new Promise<void>((done) => subscribe(seat, on, done));
      return on.isOpen();
    });
    return (await Promise.all(placed)).every(Boolean);
  };

  const isCaughtUp = () => seats.every((seat) => !seat.isRead || (seat.current?.last() ?? 0) >= seat.target);

  const connect = async () => {
    const from = Date.now();
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
      link = await openLink({ account, heard: hear, ended });
      if (
        link !== undefined &&
        (await sitDown(link)) &&
        (await became(() => isCaughtUp() || link?.isOpen() !== true, resumeWithinMs))
      )
        if (link?.isOpen()) {
          hereSinceMs = Date.now();
          return;
        }
      link?.close();
      if (Date.now() - from > giveUpAfterMs)
        throw new Error(`${account.name} was not let in within ${giveUpAfterMs / 1_000} s`);
      await wait(about(pauseMs));
    }
  };

  const comeBack = (): Promise<void> => {
    isAway = false;
    hereSinceMs = Number.POSITIVE_INFINITY;
    coming ??= connect().finally(() => {
      coming = undefined;
    });
    return coming;
  };

  const resume = async () => {
    const from = Date.now();
    await comeBack();
    metrics.resume.add(Date.now() - from);
    metrics.resumed.add(1);
  };

  function ended(code: number): void {
    if (isAway) return;
    metrics.dropped.add(1, { code: String(code) });
    if (coming === undefined) wait(about(firstPauseMs)).then(() => (isAway ? undefined : resume()));
  }

  const present = async (): Promise<Link | undefined> => {
    await became(() => link?.isOpen() === true && coming === undefined, giveUpAfterMs);
    return link?.isOpen() === true ? link : undefined;
  };

  const post = async (room: string, text = stamped(words())) => {
    const id = messageId();
    const from = Date.now();
    const { ledger } = watches(room);
    const publish = { channel: channelOf(room), data: { id, text } };
    metrics.sent.add(1);
    while (Date.now() - from < giveUpAfterMs) {
      const on = link?.isOpen() === true && coming === undefined ? link : await present();
      if (on === undefined) break;
      ledger.noteSending(id, on.name);
      const reply = await on.ask({ publish });
      if (reply?.publish !== undefined) {
        ledger.noteAck(id);
        metrics.acked.add(1);
        metrics.ack.add(Date.now() - from, tags());
        return id;
      }
      if (reply?.error !== undefined && reply.error.temporary !== true) break;
      if (reply?.error !== undefined) await wait(about(firstPauseMs));
    }
    metrics.refused.add(1);
    return id;
  };

  await (bookmark === undefined ? comeBack() : resume());
  return {
    seats,
    post,
    ask: async (command) => await (await present())?.ask(command),
    goAway() {
      isAway = true;
      link?.close();
    },
    comeBack: resume,
  };
}

/** A UUID of version 7. */
function messageId(): string {
  const hex = (digits: number) =>
    Math.floor(Math.random() * 16 ** digits)
      .toString(16)
      .padStart(digits, "0");
  const time = Date.now().toString(16).padStart(12, "0");
  const variant = "89ab".charAt(Math.floor(Math.random() * 4));
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-${variant}${hex(3)}-${hex(12)}`;
}
