/** Tokens and bots for the gallery. */
import type { ProgramTokenId, UserId } from "#domain/ids.ts";
import type { Author } from "#domain/user.ts";
import type { ListedToken } from "#views/pages/tokens-page.tsx";
import { me, uuid } from "./samples.ts";

export const bots: readonly Author[] = [
  { id: uuid(90) as UserId, name: "weather-bot" },
  { id: uuid(91) as UserId, name: "release-notes" },
];

export const tokens: readonly ListedToken[] = [
  {
    name: "nightly export",
    scopes: ["rooms:read", "messages:read"] as const,
    user: me,
    used: "2026-11-21T03:00:00.000Z",
  },
  { name: "forecast every morning", scopes: ["messages:write"] as const, user: bots[0] ?? me, used: undefined },
].map(({ name, scopes, user, used }, index) => ({
  user,
  token: {
    id: uuid(400 + index) as ProgramTokenId,
    name,
    scopes,
    user: user.id,
    owner: me.id,
    createdAt: "2026-10-02T09:00:00.000Z",
    expiresAt: "2027-02-19T09:00:00.000Z",
    ...(used === undefined ? {} : { lastUsedAt: used }),
  },
}));
