/** What surrounds a page's content, for whoever is looking. */
import { ChatError } from "#domain/errors.ts";
import type { UserId } from "#domain/ids.ts";
import type { Ports, Sidebar } from "#domain/ports/index.ts";
import { isRequest, type RoomAccess } from "#domain/room.ts";
import { timeNow } from "#domain/time-now.ts";
import type { Chrome } from "#views/chrome.ts";
import type { GatewayContext, Parts } from "./app-env.ts";
import { cookiesIn } from "./cookies.ts";
import { countsToTwelve } from "./hour-cycle.ts";
import type { Caller } from "./tokens.ts";

const timeZoneName = /^[A-Za-z0-9_+/-]{1,64}$/;

/** @throws ChatError unauthenticated, which sends a person to the sign-in page */
export function signedIn(c: GatewayContext): Caller {
  const caller = c.get("caller");
  if (caller === undefined) throw new ChatError("unauthenticated", "Sign in first.");
  return caller;
}

export function chromeOf(
  { assets, ports }: Pick<Parts, "assets" | "ports">,
  c: GatewayContext,
): GatewayContext["var"]["chrome"] {
  return (own = {}) => {
    const { tz = "", clock } = cookiesIn(c.req.header("cookie"));
    const zone = decodeURIComponentOr(tz);
    return {
      assets: assets.urls,
      viewer: c.get("caller")?.user,
      timeZone: timeZoneName.test(zone) ? zone : "UTC",
      hour12: countsToTwelve(clock, c.req.header("accept-language")),
      now: ports.clock.now(),
      ...own,
    };
  };
}

type OpenRoom = Pick<RoomAccess, "room" | "peer">;

/** With the sidebar of the person who is signed in. */
export async function memberChrome(
  ports: Pick<Ports, "rooms" | "presence" | "clock">,
  c: GatewayContext,
  open?: OpenRoom,
): Promise<Chrome> {
  return await chromeWith(ports, c, await sidebarOf(ports, c), open);
}

export async function sidebarOf({ rooms, clock }: Pick<Ports, "rooms" | "clock">, c: GatewayContext): Promise<Sidebar> {
  return await rooms.sidebarOf(signedIn(c).user.id, timeNow({ clock }));
}

/** The same with a list of rooms that is known already. */
export async function chromeWith(
  ports: Pick<Ports, "presence">,
  c: GatewayContext,
  { rooms, waiting }: Sidebar,
  open?: OpenRoom,
): Promise<Chrome> {
  // What is put away is not in the list. Of a request neither is told whether the other is here.
  const peers = new Set<UserId>();
  for (const { room, peer } of open === undefined ? rooms : [...rooms, open])
    if (peer !== undefined && !isRequest(room)) peers.add(peer.id);
  const online = await ports.presence.online([...peers]);
  return c.get("chrome")({ rooms, current: open?.room.id, online, waiting });
}

/** How long the page of an error waits for the list of rooms. */
export const problemListMs = 1_000;
/** Pages of errors that wait for a list at the same time; those beyond have none. */
export const maxProblemLists = 32;

/** For pages of errors: with the sidebar of the person who is signed in where the store answers soon, else without a list of rooms. */
export function problemChrome(
  ports: Pick<Ports, "rooms" | "presence" | "clock">,
): (c: GatewayContext) => Promise<Chrome> {
  let waiting = 0;
  return async (c) => {
    const bare = c.get("chrome")();
    if (bare.viewer === undefined || waiting >= maxProblemLists) return bare;
    // It counts until the store has answered, however long its page waited.
    waiting++;
    const whole = memberChrome(ports, c)
      .catch(() => bare)
      .finally(() => {
        waiting--;
      });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<Chrome>((resolve) => {
      timer = setTimeout(resolve, problemListMs, bare);
    });
    return await Promise.race([whole, late]).finally(() => clearTimeout(timer));
  };
}

function decodeURIComponentOr(raw: string): string {
  try {
    return decodeURIComponent(raw);
  } catch {
    return "";
  }
}
