/** Webhooks for the gallery: one of each kind and in each state. */
import type { HookOfSomebody } from "#domain/hooks.ts";
import type { HookId } from "#domain/ids.ts";
import { bots } from "./sample-tokens.ts";
import { accessTo, me } from "./samples.ts";

const { id: room } = accessTo("lobby").room;
const head = (n: number) => ({
  id: `01930000-1a2b-7c3d-8e4f-00000000000${n}` as HookId,
  room,
  createdBy: me.id,
  createdAt: "2026-10-02T09:00:00.000Z",
});
const outgoing = (n: number, url: string) => ({
  ...head(n),
  kind: "outgoing" as const,
  url,
  position: 40,
  failures: 0,
  nextTryAt: "2026-11-21T15:30:00.000Z",
});

export const hooks: readonly HookOfSomebody[] = [
  ...bots
    .slice(1)
    .map((bot) => ({ hook: { ...head(1), kind: "incoming" as const, bot: bot.id }, bot, orphaned: false })),
  ...bots
    .slice(0, 1)
    .map((bot) => ({ hook: { ...head(5), kind: "incoming" as const, bot: bot.id }, bot, orphaned: true })),
  {
    orphaned: false,
    hook: {
      ...outgoing(2, "https://search.example.org/index"),
      state: "on",
      tookMs: 8_200,
      lastSuccessAt: "2026-11-21T15:19:00.000Z",
    },
  },
  {
    orphaned: false,
    hook: {
      ...outgoing(3, "https://archive.example.org/hooks/a-rather-long-address/that-does-not-fit/into-one-line"),
      state: "on",
      failures: 4,
      failingSince: "2026-11-21T14:00:00.000Z",
      lastSuccessAt: "2026-11-21T13:58:00.000Z",
      lastFailure: { at: "2026-11-21T15:02:00.000Z", reason: "It did not answer in time." },
    },
  },
  {
    orphaned: false,
    hook: {
      ...outgoing(4, "https://old.example.org/"),
      state: "off",
      lastFailure: { at: "2026-11-19T08:00:00.000Z", reason: "It answered 410: it wants nothing any more." },
    },
  },
];
