/**
 * Signals over sharded channels: one per room, and a fixed number for all people. Sending never fails: while Redis is away
 * signals are lost, which their port allows.
 */
import { isChatError } from "#domain/errors.ts";
import type { UserId } from "#domain/ids.ts";
import type { RoomSignal, Signals, Unsubscribe, UserSignal } from "#domain/ports/index.ts";
import type { Channels } from "./channels.ts";
import { roomKeys, userChannel, userChannels } from "./keys.ts";
import type { Servers } from "./servers.ts";

interface AddressedSignal {
  readonly user: UserId;
  readonly signal: UserSignal;
}

export function createRedisSignals(servers: Servers, channels: Channels, onUsersResumed?: () => void): Signals {
  async function send(channel: string, news: RoomSignal | AddressedSignal): Promise<void> {
    try {
      await servers.send(channel, ["SPUBLISH", channel, JSON.stringify(news)]);
    } catch (error) {
      if (!isChatError(error, "unavailable")) throw error;
    }
  }

  return {
    toRoom: (room, signal) => send(roomKeys.signals(room), signal),
    toUser: (user, signal) => send(userChannel(user), { user, signal }),

    onRoom: (room, listener) => {
      const message = (json: string) => listener(JSON.parse(json) as RoomSignal);
      return channels.subscribe(roomKeys.signals(room), { message });
    },

    async onUsers(listener) {
      const message = (json: string) => {
        const { user, signal } = JSON.parse(json) as AddressedSignal;
        listener(user, signal);
      };
      const resumed = onUsersResumed ?? (() => undefined);
      const tries = await Promise.allSettled(
        userChannels.map((channel) => channels.subscribe(channel, { message, resumed })),
      );
      const unsubscribes = tries.flatMap((tried) => (tried.status === "fulfilled" ? tried.value : []));
      const stop: Unsubscribe = async () => void (await Promise.all(unsubscribes.map((unsubscribe) => unsubscribe())));
      const failed = tries.find((tried) => tried.status === "rejected");
      if (failed === undefined) return stop;
      await stop();
      throw failed.reason;
    },
  };
}
