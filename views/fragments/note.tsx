/** One line about what happened in a room: who came, who left, what changed. */

import { raw } from "hono/html";
import type { Note } from "#domain/message.ts";
import { escapeHtml } from "../escape.ts";

/** @param marks further classes that only its own viewer may see */
export function noteHtml(note: Note, marks = ""): string {
  const { offset, at } = note;
  return `<li class="note${marks}" id="m-${offset}" data-offset="${offset}" data-at="${escapeHtml(at)}">${sentenceOf(note)}</li>`;
}

function sentenceOf(note: Note): string {
  const author = bdi(note.author.name);
  switch (note.type) {
    case "room.created":
      return `${author} opened this room.`;
    case "room.topic-changed":
      return note.topic === "" ? `${author} cleared the topic.` : `${author} set the topic: ${bdi(note.topic)}`;
    case "member.joined":
      return note.member.id === note.author.id ? `${author} joined.` : `${author} invited ${bdi(note.member.name)}.`;
    case "member.left":
      return note.member.id === note.author.id ? `${author} left.` : `${author} removed ${bdi(note.member.name)}.`;
  }
}

function bdi(text: string): string {
  return `<bdi>${escapeHtml(text)}</bdi>`;
}

export function NoteItem({ note }: { note: Note }) {
  return raw(noteHtml(note));
}
