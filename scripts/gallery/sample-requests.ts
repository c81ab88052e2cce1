/** What waits for an answer, for the gallery. */
import type { RoomId, UserId } from "#domain/ids.ts";
import type { JoinedRoom, RoomAccess } from "#domain/room.ts";
import type { RequestsPageProps } from "#views/pages/requests-page.tsx";
import { joined, makeRoom, person, uuid } from "./samples.ts";

/** A direct room that waits for somebody's consent. */
export const requestTo = ({ id }: { readonly id: UserId }): RoomAccess => {
  const access = joined[6] as JoinedRoom;
  return { ...access, room: { ...access.room, request: { to: id, state: "requested" } } };
};
export const waiting: Pick<RequestsPageProps, "invitations" | "requests"> = {
  invitations: [
    { room: makeRoom(40, "allotment committee", "private"), by: person("farid"), at: "2026-11-21T14:02:00.000Z" },
    { room: makeRoom(41, "W".repeat(48)), by: person("Grace-Hopper"), at: "2026-11-19T09:00:00.000Z" },
  ],
  requests: [
    { room: uuid(142) as RoomId, slug: "direct-4", from: person("Bo.Lindqvist"), at: "2026-11-21T15:01:00.000Z" },
    { room: uuid(143) as RoomId, slug: "direct-5", from: person("ivan"), at: "2026-11-12T15:01:00.000Z" },
  ],
};
