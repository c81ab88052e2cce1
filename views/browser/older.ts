/** Loads older messages in place when the link to them comes into view or is clicked, one page at a time. */
import { byId, type OpenRoom } from "./page.ts";
import type { Scroll } from "./scroll.ts";
import { fetchPage } from "./server-page.ts";
import { setTop, type Timeline, TOP } from "./timeline.ts";

/** How far above the visible part the link may be for loading to begin. */
const AHEAD = "300px 0px 0px 0px";

export function loadOlder(room: OpenRoom, scroll: Scroll, timeline: Timeline): void {
  const { scroller, log } = room;
  let loading = false;
  let watched: HTMLElement | undefined;
  const sight = new IntersectionObserver(
    (seen) => {
      if (seen.some(({ isIntersecting }) => isIntersecting)) void load();
    },
    { root: scroller, rootMargin: AHEAD },
  );

  function watch(): void {
    const link = byId("older");
    if (link === watched) return;
    sight.disconnect();
    watched = link;
    if (link instanceof HTMLAnchorElement) sight.observe(link);
  }

  async function load(): Promise<void> {
    const link = byId("older");
    if (!(link instanceof HTMLAnchorElement) || loading) return;
    loading = true;
    link.setAttribute("aria-busy", "true");
    try {
      const { href } = link;
      const { document: page } = await fetchPage(href);
      if (!page.getElementById("log")) throw new Error("This is not the room's page.");
      // Trimming or a fresh read may have changed the list meanwhile; its link then says so.
      if (link.isConnected && link.href === href) prepend(page);
      watched = undefined;
      watch();
    } catch {
      link.textContent = "Older messages could not be loaded. Try again";
    }
    loading = false;
    link.removeAttribute("aria-busy");
  }

  function prepend(page: Document): void {
    const first = Number(log.querySelector<HTMLElement>(":scope > [data-offset]")?.dataset.offset ?? Infinity);
    const hasLine = byId("unread-line") !== undefined;
    const entries = [...page.querySelectorAll<HTMLElement>("#log > [data-offset], #unread-line")].filter((entry) =>
      entry.id === "unread-line" ? !hasLine : Number(entry.dataset.offset) < first,
    );
    scroll.keepPlace(() => {
      log.prepend(...entries);
      timeline.dressOlder(entries);
      setTop(room, page.querySelector(TOP));
    });
  }

  scroller.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a#older") : null;
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void load();
  });
  new MutationObserver(watch).observe(scroller, { childList: true });
  watch();
}
