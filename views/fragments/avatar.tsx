/** A person's initials on a colour that stays theirs. Decoration only: the name always stands beside it. */

import { raw } from "hono/html";
import { LRUCache } from "lru-cache";
import type { UserId } from "#domain/ids.ts";
import { escapeHtml } from "../escape.ts";

const hues = 12;
/** People whose avatars are kept: each message shows one. */
const maxKnown = 10_000;

/** One of hue-0 … hue-11, always the same for the same id. */
export function hueOf(id: UserId): string {
  let hash = 0;
  for (let i = 0; i < id.length; i++) hash = (hash * 31 + id.charCodeAt(i)) | 0;
  return `hue-${Math.abs(hash) % hues}`;
}

/** "ana.lima" -> AL, "bo" -> B */
export function initialsOf(name: string): string {
  const words = name.split(/[._-]+/).filter((word) => word !== "");
  const first = [...(words[0] ?? "?")][0] ?? "?";
  const last = words.length > 1 ? ([...(words[words.length - 1] ?? "")][0] ?? "") : "";
  return (first + last).toUpperCase();
}

const known = new LRUCache<UserId, { readonly name: string; readonly html: string }>({ max: maxKnown });

export function avatarHtml(id: UserId, name: string): string {
  const before = known.get(id);
  if (before?.name === name) return before.html;
  const html = makeAvatar(id, name);
  known.set(id, { name, html });
  return html;
}

function makeAvatar(id: UserId, name: string): string {
  return `<span class="avatar ${hueOf(id)}" aria-hidden="true">${escapeHtml(initialsOf(name))}</span>`;
}

export function Avatar({ id, name }: { id: UserId; name: string }) {
  return raw(avatarHtml(id, name));
}
