/**
 * What a browser keeps of somebody goes when they sign out, in all tabs, and also when their sign-in ended elsewhere. Messages that were not
 * sent yet are asked about before.
 */
import { forgetDrafts } from "./drafts.ts";
import type { OutboxStore } from "./outbox-store.ts";
import { goToSignIn, leaveBy } from "./session.ts";

const CHANNEL = "superchat-person";
/** Forms that end this browser's sign-in. */
const FORMS = 'form[action="/sign-out"], form[action="/sessions/revoke-all"]';

/** @param me empty on a page of nobody in particular */
export function watchSignOut(me: string, store: OutboxStore): void {
  // A page with these is served only to somebody who is not signed in.
  const entrance = !me && document.querySelector('form[action="/sign-in"], form[action="/sign-up"]') !== null;
  if (me || entrance) {
    forgetOthers(me, store);
    tellTabs(me, store);
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!me || !(form instanceof HTMLFormElement) || !form.matches(FORMS)) return;
    event.preventDefault();
    void signOut(form, me, store);
  });
}

/** From here on this page keeps nothing: whose it is is not signed in any more. */
export function forgetAll(store: OutboxStore): void {
  forgetDrafts("", true);
  void store.keepOnly("");
}

function forgetOthers(me: string, store: OutboxStore): void {
  forgetDrafts(me);
  void store.keepOnly(me);
}

/** A page that was loaded knows who is signed in now; older ones of somebody else end. */
function tellTabs(me: string, store: OutboxStore): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (!me || data === me) return;
    forgetDrafts(String(data), true);
    void store.keepOnly(String(data));
    if (data) location.reload();
    else goToSignIn();
  };
  channel.postMessage(me);
}

async function signOut(form: HTMLFormElement, me: string, store: OutboxStore): Promise<void> {
  const { length } = await store.list(me);
  if (length === 0) return leaveBy(form);
  const dialog = document.createElement("dialog");
  const words = document.createElement("p");
  words.id = "unsent";
  words.textContent = `${length === 1 ? "A message has" : `${length} messages have`} not been sent yet. If you sign out, ${
    length === 1 ? "it is" : "they are"
  } deleted from this browser.`;
  dialog.setAttribute("aria-labelledby", words.id);
  const [stay, leave] = [button("Stay signed in", "primary"), button("Sign out and delete", "danger")];
  stay.addEventListener("click", () => dialog.close());
  leave.addEventListener("click", () => leaveBy(form));
  dialog.addEventListener("close", () => dialog.remove());
  const foot = document.createElement("p");
  foot.className = "edit-foot";
  foot.append(stay, leave);
  dialog.append(words, foot);
  document.body.append(dialog);
  dialog.showModal();
}

function button(text: string, kind: string): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = kind;
  made.textContent = text;
  return made;
}
