/** Devices for the gallery, from all over. */
import type { SessionId } from "#domain/ids.ts";
import type { Session } from "#domain/session.ts";
import { me, uuid } from "./samples.ts";

export const sessions: readonly Session[] = [
  ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "2026-11-21T15:19:40.000Z"],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 Version/19.0 Mobile Safari/604.1",
    "2026-11-21T11:02:00.000Z",
  ],
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36 Edg/156.0",
    "2026-11-09T08:00:00.000Z",
  ],
  ["superchat-cli/0.3", "2026-10-30T08:00:00.000Z"],
].map(([device = "", lastSeenAt = ""], index) => ({
  id: uuid(300 + index) as SessionId,
  user: me.id,
  createdAt: "2026-10-02T09:00:00.000Z",
  lastSeenAt,
  expiresAt: "2027-01-20T15:19:40.000Z",
  device,
  generation: 1,
}));
