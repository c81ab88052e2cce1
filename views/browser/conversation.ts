/** The open room: what arrives in it, what waits to be sent from it, and where its reader is. */
import type { Announcer } from "./announce.ts";
import { growText, listenToAnswers } from "./answers.ts";
import { ask } from "./ask.ts";
import { entryOf } from "./changes.ts";
import { createComposer } from "./composer.ts";
import { separateDays } from "./days.ts";
import { createDraft } from "./drafts.ts";
import type { PageFrame, ServerFrame } from "./frames.ts";
import { createPeopleRefresh } from "./lists.ts";
import { loadActions } from "./load-actions.ts";
import { loadOnSight } from "./load-on-sight.ts";
import { keepEdit } from "./open-edit.ts";
import type { Outbox } from "./outbox.ts";
import { byId, type OpenRoom } from "./page.ts";
import { createPending, type Pending } from "./pending.ts";
import { offsetInAddress, savedPlace } from "./place.ts";
import type { Position } from "./position.ts";
import { submitForm } from "./post-form.ts";
import { followQuotes, quotedFrom } from "./quotes.ts";
import { listenToReactions } from "./reactions.ts";
import { createScroll, type Scroll } from "./scroll.ts";
import { fetchPage } from "./server-page.ts";
import { createTimeline } from "./timeline.ts";
import { createTyping } from "./typing.ts";
import { createUnreadLine } from "./unread-line.ts";

export interface ConversationOwner {
  readonly me: string;
  readonly announcer: Announcer;
  readonly outbox: Outbox;
  send(frame: PageFrame): boolean;
  /** The reader may have seen more. */
  looked(): void;
  /** Connect again, after a rising wait. */
  refuse(): void;
  progressed(): void;
}

export interface Conversation {
  /** The day or the zone is another one: days are parted anew. */
  renewDays(): void;
  readonly pending: Pending;
  /** Where to resume; undefined on pages that do not reach the newest message. */
  position(): Position | undefined;
  /** The newest offset, while somebody looks at it. */
  seen(): number | undefined;
  /** `hold` makes all later frames wait. */
  frame(frame: ServerFrame, hold: (work: Promise<unknown>) => void): void;
  opened(): void;
}

export function openConversation(room: OpenRoom, owner: ConversationOwner): Conversation {
  const { me, announcer, outbox, refuse, progressed } = owner;
  const typing = createTyping();
  const line = createUnreadLine();
  const refreshPeople = createPeopleRefresh(room);
  let scroll: Scroll | undefined;
  let openedAt = Date.now();
  let caughtUp = false;

  const pending = createPending(room, {
    retry: (id) => void outbox.retry(id),
    unquote: (id) => void outbox.retry(id, true),
    edit: async (id) => composer?.edit(await outbox.takeBack(id)),
    discard: (id) => void outbox.takeBack(id),
    arrived: (id) => outbox.acked(id),
  });
  const timeline = createTimeline(me, room, {
    atEnd: () => scroll?.atEnd() ?? true,
    place: () => scroll?.place()?.at,
    keepPlace: (change) => scroll?.keepPlace(change),
    arrived,
    replaced() {
      pending.clearSent(Number.POSITIVE_INFINITY);
      owner.looked();
    },
    toEnd: () => scroll?.toEnd(),
    refuse,
    progressed,
  });
  scroll = createScroll(room, {
    complete: timeline.complete,
    atEnd: owner.looked,
    jump() {
      if (timeline.complete()) scroll?.toEnd(true);
      else void timeline.latest();
    },
  });
  loadOnSight(room, "older", timeline.prepend);
  loadOnSight(room, "newer", timeline.append);
  void goBack().then(reopenEdit);
  addEventListener("hashchange", () => void goTo(offsetInAddress()));
  listenToAnswers(room.log, announcer.say);
  listenToReactions(room.log, announcer.say);
  const composer = createComposer(me, room.id, {
    typing: () => owner.send({ typing: { room: room.id } }),
    async send(written) {
      const taken = await outbox.add(room.id, written);
      if (!timeline.complete()) await timeline.latest();
      scroll?.toEnd();
      return taken;
    },
  });
  const tools = { ask, createDraft, keepEdit, submitForm, fetchPage, quotedFrom };
  const actions = composer && loadActions({ me, room, field: composer.field, say: announcer.say, reply, ...tools });
  const lookForAbsent = (id: string) => actions?.use(({ absent }) => void absent.look(id));
  // The server wrote it into the page.
  if (byId("absent")) actions?.use(() => {});
  followQuotes(room.section, room.log, (entry) => scroll?.toEntry(entry));

  /** Where the browser's history or the address lead, should the list not have that. */
  async function goBack(): Promise<void> {
    const saved = savedPlace();
    await goTo(saved?.at ?? offsetInAddress());
    if (saved) scroll?.toPlace(saved);
  }

  /** The edit that was open when the page was left, or loaded again, is open again. */
  function reopenEdit(): void {
    const entry = entryOf(room.log, history.state?.editing ?? "");
    if (entry) actions?.use(({ edit }) => edit(entry));
  }

  async function goTo(offset: number | undefined): Promise<void> {
    if (offset === undefined || byId(`m-${offset}`)) return;
    await timeline.reread(offset);
    const entry = byId(`m-${offset}`);
    if (entry) scroll?.toEntry(entry);
  }

  function reply(entry: HTMLElement): void {
    const quoted = quotedFrom(entry);
    composer?.reply(quoted);
    announcer.say(`Replying to ${quoted.author}.`);
  }

  function seen(): number | undefined {
    const looking = !document.hidden && document.hasFocus() && room.live;
    return looking && scroll?.atEnd() && timeline.complete() ? timeline.position().shown : undefined;
  }

  function arrived(entries: readonly HTMLElement[], live: boolean): void {
    const others: HTMLElement[] = [];
    for (const entry of entries) {
      const { id, author } = entry.dataset;
      if (id) {
        pending.hide(id);
        outbox.acked(id);
      }
      if (!author && live) refreshPeople();
      if (author && author !== me) others.push(entry);
      if (author) typing.stopped(author);
    }
    if (!live) return;
    if (caughtUp) for (const entry of others) announce(entry);
    line.arrived(others[0], seen() !== undefined);
    scroll?.arrived(others.length);
    owner.looked();
  }

  function announce(entry: HTMLElement): void {
    const [author, answered, text] = [".author", ".quote-author", ".text"].map(
      (part) => entry.querySelector(part)?.textContent ?? "",
    );
    announcer.message(answered ? `${author}, replying to ${answered}` : (author ?? ""), text ?? "");
  }

  return {
    pending,
    seen,
    renewDays: () => scroll?.keepPlace(() => separateDays(room.log.firstElementChild)),
    position: () => (room.live ? timeline.position() : undefined),
    opened() {
      openedAt = Date.now();
      caughtUp = false;
    },
    frame(frame, hold) {
      if (frame.run) timeline.run(frame);
      if (frame.ack?.absent) lookForAbsent(frame.ack.id);
      if (frame.reset?.room === room.id && room.live) hold(timeline.reread());
      if (frame.caughtUp?.room === room.id && room.live) {
        caughtUp = timeline.caughtUp(frame.caughtUp);
        if (caughtUp) pending.clearSent(openedAt);
      }
      if (frame.grown?.room === room.id) {
        timeline.settle();
        growText(room.log, frame.grown);
      }
      const { typing: signal } = frame;
      if (signal?.room === room.id && signal.user.id !== me) typing.heard(signal.user.id, signal.user.name);
    },
  };
}
