/** @superchat tells who made a webhook, in a direct message, that it was switched off. Told twice, it is one message. */
import { ensureSystemUser } from "#domain/accounts.ts";
import { openDirectRoom } from "#domain/create-room.ts";
import type { OutgoingHook } from "#domain/hook.ts";
import type { EventId } from "#domain/ids.ts";
import type { MembershipPorts } from "#domain/membership.ts";
import type { Ports } from "#domain/ports/index.ts";
import { sendMessage } from "#domain/send-message.ts";

export type NoticePorts = MembershipPorts & Pick<Ports, "events">;

export async function tellMaker(ports: NoticePorts, hook: OutgoingHook, notice: EventId): Promise<void> {
  const system = await ensureSystemUser(ports);
  const access = await ports.rooms.access(hook.room, hook.createdBy);
  const { room } = await openDirectRoom(ports, system, [hook.createdBy]);
  const text = noticeText(hook, access?.room.name);
  await sendMessage(ports, system, { room: room.id, text, id: notice, resend: true });
}

/** Without the whole address: it may be a secret of the receiver's. */
function noticeText({ url, lastFailure }: OutgoingHook, roomName: string | undefined): string {
  const where = roomName === undefined ? "a room you made" : `“${roomName}”`;
  return (
    `The webhook of ${where} to \`${new URL(url).host}\` is switched off. ${lastFailure?.reason ?? ""} ` +
    "Nothing is lost: switch it on again on the room's page of webhooks, and it goes on where it stopped."
  );
}
