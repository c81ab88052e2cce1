/** What the tabs of one browser share: a turn to send, and the news that the outbox changed. */

/** Something in the outbox changed; `acked` names a message the server has. */
export interface OutboxNews {
  readonly acked?: string;
}

const CHANNEL = "superchat-outbox";

/** Where locks are missing (no secure context), order across tabs is left to the server. */
export function alone(name: string, work: () => Promise<void>): Promise<void> {
  return navigator.locks ? navigator.locks.request(name, work) : work();
}

export function listenToTabs(hear: (news: OutboxNews) => void): (news: OutboxNews) => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: MessageEvent<OutboxNews>) => hear(data);
  return (news) => channel.postMessage(news);
}
