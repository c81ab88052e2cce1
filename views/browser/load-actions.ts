/**
 * Fetches the code of actions at the first sign that somebody is about to do something. What they do before it has come is done once it is
 * there; should it not come, a sentence says so, and the pages of messages do the same without it.
 */
import type { ActionOwner, Actions } from "./actions.ts";
import { byId } from "./page.ts";

/** Of its file; the build knows it. */
declare const ACTIONS_URL: string;

const RETRY_AFTER_MS = 1_000;
/** After a failure, moving the pointer and writing ask again only so much later; a click does at once. */
const ASK_AGAIN_AFTER_MS = 10_000;
const NOT_LOADED = "The menu of messages could not be loaded. Try again, or go to a message's own page by its time.";
/** What does something of its own when it is tapped. */
const ACTIVE = "a, button, form, summary";
const SIGNS = ["pointerover", "pointerdown", "focusin", "keydown", "input", "click"];

export interface ActionLoader {
  /** Does it once they are there; silently not, should they not come. */
  use(act: (actions: Actions) => void): void;
}

export function loadActions(owner: ActionOwner): ActionLoader {
  const { log, section } = owner.room;
  const fetchCode = fetchOnDemand((again): Promise<typeof import("./actions.ts")> => import(addressFor(again)));
  let loaded: Promise<Actions | undefined> | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;
  let begun: Event | undefined;

  async function load(): Promise<Actions | undefined> {
    const code = await fetchCode();
    const event = begun;
    begun = undefined;
    if (!code) {
      loaded = undefined;
      failedAt = performance.now();
      if (event) tell(NOT_LOADED);
      return undefined;
    }
    for (const type of SIGNS) section.removeEventListener(type, hear);
    tell("", NOT_LOADED);
    const actions = code.offerActions(owner);
    if (event) actions.begin(event);
    return actions;
  }

  function hear(event: Event): void {
    const { type, target } = event;
    if (!(target instanceof Element)) return;
    const inLog = log.contains(target);
    const wanted = inLog ? isMeant(event, target) : isEditKey(event, owner.field);
    if (wanted) begun = event;
    // Who goes on with something else meanwhile does not want it any more.
    else if (type === "click" || type === "input") begun = undefined;
    const isSign = inLog || type === "keydown" || type === "input";
    if (wanted || (isSign && performance.now() - failedAt > ASK_AGAIN_AFTER_MS)) loaded ??= load();
  }

  for (const type of SIGNS) section.addEventListener(type, hear);
  return {
    use(act) {
      loaded ??= load();
      void loaded.then((actions) => actions && act(actions));
    },
  };
}

/** Browsers remember for good that an address brought nothing: each attempt has its own. */
const addressFor = (again: number) => ACTIONS_URL + (again ? `?${again}` : "");

/**
 * Fetches once for all who ask, with one more attempt. What did not come is asked for anew the next time.
 * @param fetchCode told how many attempts there were before
 */
export function fetchOnDemand<Code>(
  fetchCode: (again: number) => Promise<Code>,
  retryAfterMs = RETRY_AFTER_MS,
): () => Promise<Code | undefined> {
  let coming: Promise<Code | undefined> | undefined;
  let attempts = 0;

  async function fetchTwice(): Promise<Code | undefined> {
    try {
      return await fetchCode(attempts++);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
      return await fetchCode(attempts++).catch(() => {
        coming = undefined;
        return undefined;
      });
    }
  }

  return () => {
    coming ??= fetchTwice();
    return coming;
  };
}

/** Something is to be done with a message. */
function isMeant(event: Event, target: Element): boolean {
  return event.type === "click" ? !target.closest(ACTIVE) : isKey(event, "r") && !target.closest("form");
}

/** The arrow up in the empty field edits one's last message. */
const isEditKey = (event: Event, field: HTMLTextAreaElement) =>
  isKey(event, "arrowup") && event.target === field && !field.value;

const isKey = (event: Event, wanted: string) => event instanceof KeyboardEvent && event.key.toLowerCase() === wanted;

/** In the line about the connection. @param instead only where it says this */
function tell(text: string, instead?: string): void {
  const line = byId("status");
  if (line && (instead === undefined || line.textContent === instead)) line.textContent = text;
}
