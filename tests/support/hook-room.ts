/** Somebody with a room of their own in a whole gateway, and a receiver for what the room's webhooks tell: for tests of delivering. */
import { createFixedClock, type FixedClock } from "#adapters/memory/clock.ts";
import type { RoomId } from "#domain/ids.ts";
import type { WebhookSender } from "#domain/ports/index.ts";
import { type ApiPerson, freshName, signUpPerson } from "./api-person.ts";
import { startGateway, type TestGateway } from "./gateway.ts";
import { type HookReceiver, startHookReceiver } from "./hook-receiver.ts";

export interface HookRoom {
  /** Signatures bear the time, so it begins now; then it stands still until a test moves it. */
  readonly clock: FixedClock;
  readonly gateway: TestGateway;
  readonly receiver: HookReceiver;
  readonly ana: ApiPerson;
  readonly room: RoomId;
}

export async function openHookRoom(webhooks: WebhookSender): Promise<HookRoom> {
  const clock = createFixedClock(Date.now());
  const gateway = await startGateway({
    clock,
    env: { ACCESS_TOKEN_SECONDS: "86400" },
    between: (ports) => Object.assign(ports, { webhooks }),
  });
  const ana = await signUpPerson(gateway.url);
  const { id } = await ana.createRoom(freshName("Room"));
  return { clock, gateway, receiver: startHookReceiver(), ana, room: id as RoomId };
}
