/**
 * Follows a room as a page does: over the socket, coming back after every loss at the offset it has, dropping nothing.
 * When it is told that its position is not known any more, it reads the room anew and goes on from there.
 */
import type { ApiPerson } from "./api-person.ts";
import { type LivePage, openLive } from "./live-page.ts";
import { markOf, readRoom } from "./room-events.ts";

export interface Follower {
  /** For each offset seen, in the order it came: "OFFSET EVENTID" for a message, "OFFSET" for anything else. */
  seen(): readonly string[];
  /** How often the room was read anew. */
  resets(): number;
  close(): void;
}

const againAfterMs = 50;
const item = /<li\b[^>]*\bid="m-(\d+)"[^>]*>/g;

export function followRoom(base: string, who: ApiPerson, room: string): Follower {
  let seen: string[] = [];
  let position: { epoch: string; offset: number } | undefined;
  let resets = 0;
  let open = true;
  let page: LivePage | undefined;

  /** The newest epoch, and everything up to its end. */
  const readAnew = async () => {
    const { events, epoch } = await readRoom(who, room);
    seen = events.map(markOf);
    position = { epoch, offset: events.at(-1)?.offset ?? 0 };
  };

  /** @returns false when the page has to start anew */
  const take = (frames: LivePage["frames"]): boolean => {
    for (const { content = "", run, reset } of frames) {
      if (reset) return false;
      if (!run || position === undefined) continue;
      for (const match of String(content).matchAll(item)) {
        const id = /data-id="([^"]+)"/.exec(match[0])?.[1];
        seen.push(id === undefined ? `${match[1]}` : `${match[1]} ${id}`);
      }
      position = { epoch: position.epoch, offset: run.to };
    }
    return true;
  };

  const followOnce = async () => {
    if (position === undefined) await readAnew();
    const { epoch, offset } = position ?? { epoch: "", offset: 0 };
    const query = `?room=${room}&epoch=${encodeURIComponent(epoch)}&after=${offset}`;
    page = await openLive(base, { cookie: `superchat_access=${who.token}`, query });
    let ended = false;
    page.ended(Number.POSITIVE_INFINITY).then(
      () => {
        ended = true;
      },
      () => {},
    );
    for (let taken = 0; open && !ended; ) {
      await Bun.sleep(againAfterMs);
      const frames = page.frames.slice(taken);
      taken += frames.length;
      if (take(frames)) continue;
      resets += 1;
      position = undefined;
      page.close();
      return;
    }
  };

  void (async () => {
    while (open) {
      await followOnce().catch(() => {});
      await Bun.sleep(againAfterMs);
    }
  })();

  return {
    seen: () => seen,
    resets: () => resets,
    close() {
      open = false;
      page?.close();
    },
  };
}
