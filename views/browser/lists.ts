/** Reads the room list and the list of people again when they changed, not more often than they are worth. */
import { wireUp } from "./htmx.ts";
import { byId, type OpenRoom, roomUrl } from "./page.ts";
import { fetchPage } from "./server-page.ts";

const ROOMS_AFTER_MS = 200;
/** Spread at random, so that a room full of people does not ask in one moment. */
const PEOPLE_AFTER_MS = 1_500;
const PEOPLE_SPREAD_MS = 2_000;

export function createRoomListRefresh(current: string, refreshed: () => void): () => void {
  return later(
    () => ROOMS_AFTER_MS,
    async () => {
      const url = `/fragments/rooms?current=${encodeURIComponent(current)}`;
      const { document: answer } = await fetchPage(url, { fragment: true });
      replaceList(byId("rooms"), answer.getElementById("rooms"));
      refreshed();
    },
  );
}

export function createPeopleRefresh(room: OpenRoom): () => void {
  return later(
    () => PEOPLE_AFTER_MS + Math.random() * PEOPLE_SPREAD_MS,
    async () => {
      const shown = document.querySelector<HTMLElement>("#people .column");
      if (!shown) return;
      const { document: answer } = await fetchPage(`${roomUrl(room)}/people`, { fragment: true });
      const fresh = answer.querySelector<HTMLElement>(".column");
      replaceList(shown, fresh);
      const count = document.querySelector("#room .members .count");
      if (count && fresh?.dataset.count) count.textContent = fresh.dataset.count;
    },
  );
}

function replaceList(list: HTMLElement | undefined, fresh: Element | null): void {
  if (!list || !fresh) return;
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  const href = focused?.getAttribute("href");
  list.replaceChildren(...fresh.children);
  list.removeAttribute("data-missing");
  wireUp(list);
  if (href) list.querySelector<HTMLElement>(`a[href="${CSS.escape(href)}"]`)?.focus({ preventScroll: true });
}

/** Many calls while one waits are one; a failed read is repeated with the next change. */
function later(waitMs: () => number, work: () => Promise<void>): () => void {
  let timer = 0;
  return () => {
    if (timer) return;
    timer = setTimeout(() => {
      timer = 0;
      work().catch(() => undefined);
    }, waitMs());
  };
}
