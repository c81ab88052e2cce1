/** One line about what happened in a room: who came, who left, what changed. Comings and goings in a row are one line together. */

import type { Note } from "#domain/message.ts";
import { foldWords } from "../browser/fold-words.ts";
import { escapeHtml } from "../escape.ts";

type Coming = Extract<Note, { readonly type: "member.joined" | "member.left" }>;

/** @param marks further classes that only its own viewer may see */
export function noteHtml(note: Note, marks = ""): string {
  return itemHtml(note, `id="m-${note.offset}"`, marks);
}

/** What folds with others of its kind into one line: who came and went by themselves, or were invited. */
export function isComing(note: Note): note is Coming {
  return note.type === "member.joined" || (note.type === "member.left" && note.member.id === note.author.id);
}

/** Two or more that follow one another, as one line that opens. It stands at the last one's offset, and has its id. */
export function foldHtml(notes: readonly Coming[], marks = ""): string {
  const [first, last] = [notes[0], notes.at(-1)];
  if (first === undefined || last === undefined) return "";
  const items = notes.map((note) => itemHtml(note, note === last ? "" : `id="m-${note.offset}"`)).join("");
  const words = foldWords(notes.map(comingOf));
  return (
    `<li class="note fold${marks}" id="m-${last.offset}" data-from="${first.offset}" data-offset="${last.offset}" ` +
    `data-at="${escapeHtml(first.at)}"><details><summary>${words}</summary><ul>${items}</ul></details></li>`
  );
}

function itemHtml(note: Note, id: string, marks = ""): string {
  const coming = isComing(note) ? ` data-who="${escapeHtml(note.member.id)}" data-joined="${joins(note)}"` : "";
  return `<li class="note${marks}" ${id} data-offset="${note.offset}" data-at="${escapeHtml(note.at)}"${coming}>${sentenceOf(note)}</li>`;
}

const joins = ({ type }: Coming) => type === "member.joined";

function comingOf(note: Coming) {
  return { who: note.member.id, name: who(note.member.name), joined: joins(note) };
}

function sentenceOf(note: Note): string {
  const author = bdi(note.author.name);
  switch (note.type) {
    case "room.created":
      return `${author} opened this room.`;
    case "room.topic-changed":
      return note.topic === "" ? `${author} cleared the topic.` : `${author} set the topic: ${bdi(note.topic)}`;
    case "member.joined": {
      const member = who(note.member.name);
      return note.member.id === note.author.id ? `${member} joined.` : `${author} invited ${member}.`;
    }
    case "member.left":
      return note.member.id === note.author.id
        ? `${who(note.member.name)} left.`
        : `${author} removed ${bdi(note.member.name)}.`;
  }
}

function who(name: string): string {
  return `<bdi class="who">${escapeHtml(name)}</bdi>`;
}

function bdi(text: string): string {
  return `<bdi>${escapeHtml(text)}</bdi>`;
}
