/** Remembers in the browser's history where its reader is in the conversation: Back and a reload lead there again. */
import { byId } from "./page.ts";

export interface ReaderPlace {
  /** The offset of the entry at the top of what is seen. */
  readonly at: number;
  /** How far below the top of the visible part it begins, in pixels. */
  readonly top: number;
}

const SAVE_AFTER_MS = 250;

export function savedPlace(): ReaderPlace | undefined {
  const { at, top } = (history.state?.place ?? {}) as Partial<ReaderPlace>;
  return typeof at === "number" && typeof top === "number" ? { at, top } : undefined;
}

/** @param where undefined at the newest message */
export function createPlaceKeeper(where: () => ReaderPlace | undefined): () => void {
  let timer = 0;
  const save = () => {
    clearTimeout(timer);
    timer = 0;
    history.replaceState({ ...history.state, place: where() }, "");
  };
  addEventListener("pagehide", () => {
    if (timer) save();
  });
  // A link may be followed before the timer runs.
  document.addEventListener("click", () => timer && save(), { capture: true });
  return () => {
    timer ||= setTimeout(save, SAVE_AFTER_MS);
  };
}

/** The entry that the page's address means. */
export function entryInAddress(log: HTMLElement): HTMLElement | undefined {
  const target = location.hash ? byId(location.hash.slice(1)) : undefined;
  const entry = target && log.contains(target) ? target.closest<HTMLElement>("#log > li") : undefined;
  return entry ?? log.querySelector<HTMLElement>(".focused") ?? undefined;
}

/** The offset that the page's address means and the list may not have. */
export function offsetInAddress(): number | undefined {
  const [, offset] = /^#m-(\d{1,16})$/.exec(location.hash) ?? [];
  return offset === undefined ? undefined : Number(offset);
}
