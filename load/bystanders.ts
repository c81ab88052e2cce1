/** Small rooms on the second gateway, whose messages show what somebody else's storm or busy room does to them. */
import { startChild } from "./child.ts";
import type { Place } from "./place.ts";
import { postsOf, startPoster } from "./posting.ts";
import type { Watched, WatcherRun } from "./watcher.ts";

const sockets = 50;
/** In all rooms together. */
const perSecond = 50;
const warmSeconds = 2;

export interface Bystanders extends AsyncDisposable {
  chat(seconds: number): Promise<void>;
  /** Since it was last asked. */
  heard(): Promise<Watched>;
}

export async function openBystanders({ owner, second, tokens }: Place, rooms: readonly string[]): Promise<Bystanders> {
  const stack = new AsyncDisposableStack();
  const watcher = stack.use(await startChild<WatcherRun, Watched>("watcher.ts"));
  const chatter = stack.use(await startPoster());
  const chat = postsOf(chatter, { url: second.url, token: owner.token, rooms, perSecond });
  await watcher.ask({ open: { port: second.port, size: sockets, rooms, tokens } });
  await chat(warmSeconds);
  await watcher.ask("forget");
  return { chat, heard: () => watcher.ask("forget"), [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
