/**
 * People with whether they are here. As an answer to htmx its rows take the place of the "more" link. Built as a string: every page of a
 * room has many.
 */
import { raw } from "hono/html";
import type { UserId } from "#domain/ids.ts";
import type { Author } from "#domain/user.ts";
import type { PersonHere } from "../chrome.ts";
import { escapeHtml } from "../escape.ts";
import { avatarHtml } from "./avatar.tsx";

export interface PeopleListProps {
  /** Strangers are shown without whether they are here. */
  readonly people: readonly (Author & Partial<PersonHere>)[];
  readonly viewer?: { readonly id: UserId } | undefined;
  /** URL of the next page. */
  readonly next?: string | undefined;
  /** Shows a button that opens a direct room. */
  readonly withMessage?: boolean | undefined;
}

export function PeopleList(props: PeopleListProps) {
  return raw(peopleListHtml(props));
}

export function peopleListHtml({ people, viewer, next, withMessage = false }: PeopleListProps): string {
  const rows = people.map((person) => personHtml(person, person.id === viewer?.id, withMessage)).join("");
  return `<ul class="people">${rows}${next === undefined ? "" : moreHtml(escapeHtml(next))}</ul>`;
}

/** @param next escaped */
function moreHtml(next: string): string {
  return (
    `<li class="more"><a href="${next}" hx-get="${next}" hx-target="closest li" hx-swap="outerHTML" hx-select=".people &gt; li">` +
    "Show more people</a></li>"
  );
}

function personHtml(
  { id, name, online }: PeopleListProps["people"][number],
  isViewer: boolean,
  withMessage: boolean,
): string {
  const shown = escapeHtml(name);
  const you = isViewer ? '<span class="you"> (you)</span>' : "";
  return (
    `<li class="person" data-user="${escapeHtml(id)}"${online === undefined ? "" : ` data-online="${online}"`}>${avatarHtml(id, name)}` +
    `<span class="name"><bdi>${shown}</bdi>${you}</span>${online === undefined ? "" : '<span class="presence"></span>'}` +
    `${withMessage && !isViewer ? messageForm(shown) : ""}</li>`
  );
}

/** @param name escaped */
function messageForm(name: string): string {
  return (
    `<form method="post" action="/direct"><input type="hidden" name="name" value="${name}">` +
    `<button type="submit" class="quiet" aria-label="Message ${name}">Message</button></form>`
  );
}
