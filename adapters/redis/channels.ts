/**
 * Subscriptions to sharded channels, shared by all who listen to the same one. After a lost connection, or when a slot has
 * moved, they are made again, and who listens is told that messages may be missing.
 */
import { unavailable } from "#domain/errors.ts";
import type { Unsubscribe } from "#domain/ports/index.ts";
import type { Subscriber } from "./server.ts";
import type { Servers } from "./servers.ts";
import { slotOf } from "./slots.ts";

export interface ChannelListener {
  message(message: string): void;
  /** The channel is heard again after a time in which it was not. */
  resumed?(): void;
}

export interface Channels {
  /** @throws ChatError unavailable when it can't be heard now */
  subscribe(channel: string, listener: ChannelListener): Promise<Unsubscribe>;
}

interface Subscription {
  readonly channel: string;
  readonly listeners: Set<ChannelListener>;
  /** Where it is subscribed, or being subscribed. */
  at: Subscriber | undefined;
  active: Promise<void>;
}

/** A subscription that could not be made again is tried again after this long, if no change of the servers comes first. */
const retryAfterMs = 1_000;

export function createChannels(servers: Servers, report: (error: unknown) => void): Channels {
  const subscriptions = new Map<string, Subscription>();
  let retry: ReturnType<typeof setTimeout> | undefined;

  function place(subscription: Subscription): Promise<void> {
    const { channel } = subscription;
    const at = servers.having(slotOf(channel))?.subscriber.current();
    if (at === undefined)
      return Promise.reject(unavailable("Live messages are away for the moment; try again shortly."));
    subscription.at = at;
    subscription.active = at.subscribe(channel).catch((error) => {
      if (subscription.at === at) subscription.at = undefined;
      throw unavailable("Live messages are away for the moment; try again shortly.", error);
    });
    return subscription.active;
  }

  /** Once more if slots have moved without our knowing. */
  async function placeNow(subscription: Subscription): Promise<void> {
    try {
      await place(subscription);
    } catch {
      await servers.refresh();
      await place(subscription);
    }
  }

  /** Brings every subscription to where its slot is now. */
  function settle(): void {
    clearTimeout(retry);
    retry = undefined;
    for (const subscription of subscriptions.values()) {
      const at = servers.having(slotOf(subscription.channel))?.subscriber.current();
      const { at: before } = subscription;
      if (at === undefined || at === before) continue;
      before?.unsubscribe(subscription.channel).catch(() => undefined);
      place(subscription).then(() => resume(subscription), settleLater);
    }
  }

  function settleLater(): void {
    void servers.refresh();
    retry ??= setTimeout(settle, retryAfterMs).unref();
  }

  function resume({ listeners }: Subscription): void {
    for (const { resumed } of [...listeners]) resumed?.();
  }

  servers.onChange(settle);
  servers.onMoved((channel) => {
    const subscription = subscriptions.get(channel);
    if (subscription === undefined) return;
    subscription.at = undefined;
    settleLater();
  });
  servers.onMessage((message, channel) => {
    for (const listener of [...(subscriptions.get(channel)?.listeners ?? [])]) {
      try {
        listener.message(message);
      } catch (error) {
        report(error);
      }
    }
  });

  function newSubscription(channel: string): Subscription {
    const subscription: Subscription = { channel, listeners: new Set(), at: undefined, active: Promise.resolve() };
    subscriptions.set(channel, subscription);
    return subscription;
  }

  function leave(subscription: Subscription, listener: ChannelListener): void {
    const { channel, listeners, at } = subscription;
    if (!listeners.delete(listener) || listeners.size > 0) return;
    if (subscriptions.get(channel) === subscription) subscriptions.delete(channel);
    at?.unsubscribe(channel).catch(() => undefined);
  }

  return {
    async subscribe(channel, listener) {
      const subscription = subscriptions.get(channel) ?? newSubscription(channel);
      subscription.listeners.add(listener);
      try {
        await (subscription.at === undefined ? placeNow(subscription) : subscription.active);
      } catch (error) {
        leave(subscription, listener);
        throw error;
      }
      return async () => leave(subscription, listener);
    },
  };
}
