/** Invitations in memory. */

import type { RoomId, UserId } from "#domain/ids.ts";
import {
  declinedMs,
  invitationMs,
  maxDeclined,
  maxInvitationsWaiting,
  maxOpenInvitations,
  tooManyInvitations,
} from "#domain/invitations.ts";
import type { Invitation, InvitationStore } from "#domain/ports/index.ts";
import { authorOf, type InvitationRow, roomOf, type Tables } from "./tables.ts";

export function createMemoryInvitationStore(tables: Tables): InvitationStore {
  const { invitations } = tables;
  const remove = (row: InvitationRow | undefined) => {
    if (row !== undefined) invitations.splice(invitations.indexOf(row), 1);
  };
  const rowOf = (user: UserId, room: RoomId) => invitations.find((row) => row.to === user && row.room === room);

  return {
    async invite(invitation) {
      const { room, to, by, at } = invitation;
      const before = rowOf(to, room);
      if (before !== undefined && isOpen(before, at) && isStanding(tables, before, at)) return false;
      if (before !== undefined && isOpen(before, at) && before.declinedAt !== undefined) return false;
      const declined = invitations.filter((row) => row.by === by && row.to === to && row.declinedAt && isOpen(row, at));
      if (declined.length >= maxDeclined) return false;
      if (invitations.filter((row) => row.by === by && row !== before && isOpen(row, at)).length >= maxOpenInvitations)
        throw tooManyInvitations();
      remove(before);
      for (const row of listed(tables, to, at).slice(maxInvitationsWaiting - 1)) remove(row);
      invitations.push({ ...invitation, declinedAt: undefined });
      return true;
    },
    listFor: async (user, now) => standingInvitations(tables, user, now),
    async find(user, ref, now) {
      const found = standingInvitations(tables, user, now);
      return found.find(({ room }) => room.id === ref) ?? found.find(({ room }) => room.slug === ref);
    },
    async decline(user, room, at) {
      const row = rowOf(user, room);
      if (row !== undefined) row.declinedAt ??= at;
    },
    remove: async (user, room) => remove(rowOf(user, room)),
  };
}

export function standingInvitations(tables: Tables, user: UserId, now: string): readonly Invitation[] {
  return listed(tables, user, now)
    .filter((row) => isStanding(tables, row, now))
    .flatMap(({ room, by, at }) => {
      const [row, inviter] = [tables.rooms.get(room), authorOf(tables, by)];
      return row === undefined || inviter === undefined ? [] : { room: roomOf(row), by: inviter, at };
    });
}

/** The newest first. */
function listed({ invitations }: Tables, user: UserId, now: string): readonly InvitationRow[] {
  const own = invitations.filter((row) => row.to === user && row.declinedAt === undefined && isOpen(row, now));
  return own.sort((one, other) => (one.at < other.at ? 1 : -1)).slice(0, maxInvitationsWaiting);
}

/** Counts for its inviter. */
function isOpen({ at, declinedAt }: InvitationRow, now: string): boolean {
  const [since, lasts] = declinedAt === undefined ? [at, invitationMs] : [declinedAt, declinedMs];
  return Date.parse(since) > Date.parse(now) - lasts;
}

function isStanding({ rooms }: Tables, row: InvitationRow, now: string): boolean {
  const members = rooms.get(row.room)?.members;
  return row.declinedAt === undefined && isOpen(row, now) && members?.has(row.by) === true && !members.has(row.to);
}
