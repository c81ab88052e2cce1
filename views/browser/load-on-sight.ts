/** Follows the link at an end of the list without leaving the page: when it comes into view, or is clicked. One page at a time. */
import { closest, isPlain } from "./elements.ts";
import { byId, type OpenRoom } from "./page.ts";
import { fetchPage } from "./server-page.ts";

/** How far outside the visible part the link may be for loading to begin. */
const AHEAD = "300px 0px 300px 0px";

/** @param take puts the page's entries into the list and replaces the link */
export function loadOnSight({ scroller }: OpenRoom, id: "older" | "newer", take: (page: Document) => void): void {
  let loading = false;
  let watched: HTMLElement | undefined;
  const sight = new IntersectionObserver(
    (seen) => {
      if (seen.some(({ isIntersecting }) => isIntersecting)) void load();
    },
    { root: scroller, rootMargin: AHEAD },
  );

  function watch(): void {
    const link = byId(id);
    if (link === watched) return;
    sight.disconnect();
    watched = link;
    if (link instanceof HTMLAnchorElement) sight.observe(link);
  }

  async function load(): Promise<void> {
    const link = byId(id);
    if (!(link instanceof HTMLAnchorElement) || loading) return;
    loading = true;
    link.setAttribute("aria-busy", "true");
    try {
      const { document: page } = await fetchPage(link.href);
      if (!page.getElementById("log")) throw new Error("This is not the room's page.");
      // Trimming or a fresh read may have changed the list meanwhile; then there is another link.
      if (link.isConnected) take(page);
    } catch {
      link.textContent = `${id === "older" ? "Older" : "Newer"} messages could not be loaded. Try again`;
    }
    loading = false;
    link.removeAttribute("aria-busy");
    watch();
  }

  scroller.addEventListener("click", (event) => {
    if (!closest(event.target, `a#${id}`) || !isPlain(event)) return;
    event.preventDefault();
    void load();
  });
  new MutationObserver(watch).observe(scroller, { childList: true });
  watch();
}
