/** Follows a room as a page does: over the socket, coming back after every loss at the offset it has, dropping nothing else. */
import type { ApiPerson } from "./api-person.ts";
import { callApi } from "./api-person.ts";
import { type LivePage, openLive } from "./live-page.ts";

export interface Follower {
  /** For each offset seen, in the order it came: "OFFSET EVENTID" for a message, "OFFSET" for anything else. */
  seen(): readonly string[];
  close(): void;
}

const againAfterMs = 50;
const item = /<li\b[^>]*\bid="m-(\d+)"[^>]*>/g;

export function followRoom(base: string, who: ApiPerson, room: string): Follower {
  const seen: string[] = [];
  let open = true;
  let epoch: string | undefined;
  let page: LivePage | undefined;

  const take = (live: LivePage, from: number): number => {
    for (const { content = "", run, reset } of live.frames.slice(from)) {
      if (reset) throw new Error("the room was reset: its tail was lost");
      if (!run) continue;
      for (const match of String(content).matchAll(item)) {
        const id = /data-id="([^"]+)"/.exec(match[0])?.[1];
        seen.push(id === undefined ? `${match[1]}` : `${match[1]} ${id}`);
      }
    }
    return live.frames.length;
  };

  const follow = async () => {
    while (open) {
      try {
        epoch ??= (await callApi(base, "GET", `/rooms/${room}`, { token: who.token })).body.room.epoch as string;
        page = await openLive(base, {
          cookie: `superchat_access=${who.token}`,
          query: `?room=${room}&epoch=${epoch}&after=${seen.length}`,
        });
        let taken = 0;
        let ended = false;
        void page.ended(Number.POSITIVE_INFINITY).then(() => {
          ended = true;
        });
        while (open && !ended) {
          await Bun.sleep(againAfterMs);
          taken = take(page, taken);
        }
      } catch (error) {
        if (error instanceof Error && error.message.includes("reset")) throw error;
        await Bun.sleep(againAfterMs);
      }
    }
  };
  const following = follow();

  return {
    seen: () => seen,
    close() {
      open = false;
      page?.close();
      void following;
    },
  };
}
