/**
 * Judges a history: every promise that somebody outside can see, each as a rule that answers sentences about where it is
 * broken. Written apart from the product: it imports nothing of it, and takes nothing from it on trust.
 */

import { offsetProblems } from "./check-offsets.ts";
import { readerProblems } from "./check-readers.ts";
import type { History, PlacedEvent, Send, StoredEvent } from "./history.ts";

export interface Violation {
  readonly rule: string;
  readonly sentence: string;
}

type Rule = (history: History) => readonly string[];

const rules: Readonly<Record<string, Rule>> = {
  "acked is stored once": ackedIsStored,
  "acked is in the API once": ackedIsInApi,
  "the API says what is stored": apiIsStore,
  "messages are their events": messagesAreEvents,
  "logged is stored once": loggedIsStored,
  "offsets have no holes": offsetProblems,
  "later is later": laterIsLater,
  "readers see it all, once, in order": readerProblems,
  "nothing is live that is not logged": liveIsLogged,
  "only what was sent is there": sentOnly,
  "a question is answered once": answeredOnce,
  "poison is put aside": poisonIsAside,
  "outside nobody sees anything": ({ leaks }) => leaks.map(({ who, room, what }) => `${who} got ${what} of ${room}`),
};

export const ruleNames = Object.keys(rules);

export function check(history: History): readonly Violation[] {
  return Object.entries(rules).flatMap(([rule, broken]) => broken(history).map((sentence) => ({ rule, sentence })));
}

const acked = ({ sends }: History) => sends.filter(({ ackedAt }) => ackedAt !== undefined);

function ackedIsStored(history: History): string[] {
  const rows = groupBy(history.stored, ({ id }) => id);
  return acked(history).flatMap((send) => {
    const found = rows.get(send.id) ?? [];
    if (found.length !== 1) return [`${name(send)} is in Postgres ${found.length} times`];
    return found
      .flatMap((row) => [...(row.room === send.room ? [] : ["room"]), ...differences(send, row)])
      .map((what) => `${name(send)} has another ${what} in Postgres`);
  });
}

function ackedIsInApi(history: History): string[] {
  const known = new Map([...history.api].map(([room, events]) => [room, groupBy(events, ({ id }) => id)]));
  return acked(history).flatMap((send) => {
    const found = known.get(send.room)?.get(send.id) ?? [];
    if (found.length !== 1) return [`${name(send)} is in the API ${found.length} times`];
    return found
      .flatMap((event) => differences(send, event))
      .map((what) => `${name(send)} has another ${what} in the API`);
  });
}

function differences(send: Send, event: PlacedEvent): string[] {
  const same = {
    type: event.type === "message.posted",
    text: event.text === send.text,
    author: event.author === send.author,
  };
  return Object.entries(same).flatMap(([what, holds]) => (holds ? [] : [what]));
}

function apiIsStore({ rooms, api, stored, poisons }: History): string[] {
  const rows = groupBy(stored, ({ room }) => room);
  // What is put aside is live until the store has refused it: then something else stands in its place.
  const line = ({ offset, id, ...rest }: PlacedEvent) =>
    JSON.stringify([offset, id, ...(poisons.includes(id) ? [] : [rest.type, rest.author, rest.text])]);
  return rooms.flatMap((room) => {
    const [said, held] = [(api.get(room) ?? []).map(line), (rows.get(room) ?? []).map(line)];
    const at = Array.from({ length: Math.max(said.length, held.length) }, (_, n) => n).find((n) => said[n] !== held[n]);
    return at === undefined ? [] : [`${room}: event ${at} is ${said[at]} in the API and ${held[at]} in Postgres`];
  });
}

function messagesAreEvents({ stored, messages }: History): string[] {
  const line = ({ room, offset, id, text }: { room: string; offset: number; id: string; text: string }) =>
    JSON.stringify([room, offset, id, text]);
  const edits = new Map(stored.flatMap(({ edits }) => (edits === undefined ? [] : [[edits.message, edits.text]])));
  const posted = new Set(
    stored
      .filter(({ type }) => type === "message.posted")
      .map((event) => line({ ...event, text: edits.get(event.id) ?? event.text })),
  );
  const rows = messages.map(line);
  const known = new Set(rows);
  return [
    ...rows.filter((row) => !posted.has(row)).map((row) => `the message ${row} has no event`),
    ...[...posted].filter((event) => !known.has(event)).map((event) => `the event ${event} has no message`),
    ...(known.size === rows.length ? [] : ["a message is there twice"]),
  ];
}

function loggedIsStored({ log, stored, poisons, positions }: History): string[] {
  const rows = groupBy(stored, ({ id }) => id);
  const ids = new Set(log.flatMap(({ id }) => (id === undefined || poisons.includes(id) ? [] : [id])));
  return [
    ...[...ids].flatMap((id) => {
      const found = rows.get(id) ?? [];
      return found.length === 1 ? [] : [`${id} is in the log and in Postgres ${found.length} times`];
    }),
    ...positions.flatMap(({ partition, stored: at, end }) =>
      at === end ? [] : [`partition ${partition} is read to ${at} by what Postgres says, and ends at ${end}`],
    ),
  ];
}

/** A message that was first sent after another one of its room was acked stands behind it. */
function laterIsLater(history: History): string[] {
  const sends = new Map(acked(history).map((send) => [send.id, send]));
  return [...groupBy(history.stored, ({ room }) => room).values()].flatMap((rows) => {
    const problems: string[] = [];
    let earliest: Send | undefined;
    for (const { id } of rows.toReversed()) {
      const send = sends.get(id);
      if (send?.ackedAt === undefined) continue;
      if (earliest?.ackedAt !== undefined && earliest.ackedAt < send.firstTriedAt && !excused(history, earliest))
        problems.push(`${name(send)} stands before ${name(earliest)}, which was acked before it was sent`);
      if (excused(history, send)) continue;
      if (earliest?.ackedAt === undefined || send.ackedAt < earliest.ackedAt) earliest = send;
    }
    return problems;
  });
}

const excused = ({ unordered }: History, { ackedAt = 0 }: Send) =>
  unordered.some(({ from, to }) => from <= ackedAt && ackedAt <= to);

function liveIsLogged({ readers, log }: History): string[] {
  const logged = new Set(log.map(({ id }) => id));
  return readers.flatMap(({ name: reader, shown }) => {
    const ids = shown.flatMap((each) => {
      if (each.type === "reset") return [];
      return (each.type === "read" ? each.events : each.messages).map(({ id }) => id);
    });
    return ids.filter((id) => id !== "" && !logged.has(id)).map((id) => `${reader} was shown ${id}`);
  });
}

/** Nobody makes up messages, and what was refused at its only try is not there. */
function sentOnly({ sends, stored, poisons }: History): string[] {
  const known = new Map(sends.map((send) => [send.id, send]));
  return stored.flatMap(({ id, type, room, question }: StoredEvent) => {
    if (type !== "message.posted" || (question !== undefined && known.has(question))) return [];
    const send = known.get(id);
    if (send === undefined) return poisons.includes(id) ? [] : [`${id} in ${room} was sent by nobody`];
    return send.refused !== undefined && send.tries === 1 ? [`${name(send)} was refused, and stored all the same`] : [];
  });
}

/** Whichever bot begins, is killed or goes on: the answer begins once and ends once. */
/** One answer, which ends once: with its first words where it is a refusal, or else with an edit. */
function answeredOnce({ sends, stored }: History): string[] {
  const there = new Set(stored.flatMap(({ id, namesNobody }) => (namesNobody ? [] : [id])));
  const answers = groupBy(
    stored.filter(({ question }) => question !== undefined),
    ({ question = "" }) => question,
  );
  return sends.flatMap((send) => {
    if (!send.text.includes("@superchat") || !there.has(send.id)) return [];
    const said = answers.get(send.id) ?? [];
    const [begun, ended] = [said.filter(({ type }) => type === "message.posted"), said.filter(({ grows }) => !grows)];
    return begun.length === 1 && ended.length === 1
      ? []
      : [`${name(send)} has ${begun.length} answers, and they ended ${ended.length} times: ${JSON.stringify(said)}`];
  });
}

function poisonIsAside({ poisons, stored, deadLetters }: History): string[] {
  const shown = new Set(stored.filter(({ type }) => type === "message.posted").map(({ id }) => id));
  return poisons.flatMap((id) => {
    const letters = deadLetters.filter(({ text }) => text.includes(id));
    if (letters.length === 0) return [`${id} is not in the dead letters`];
    if (letters.some(({ reason }) => reason === "")) return [`${id} is in the dead letters without a reason`];
    return shown.has(id) ? [`${id} is stored as a message`] : [];
  });
}

function name({ id, by, text }: Send): string {
  return `${id} (${by}, "${text.slice(0, 24)}")`;
}

export function groupBy<Item>(items: readonly Item[], key: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
