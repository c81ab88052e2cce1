/**
 * What a browser keeps of somebody goes when they sign out, in all tabs, and also when their sign-in ended elsewhere. Messages that were not
 * sent yet are asked about before.
 */
import { ask } from "./ask.ts";
import { countDrafts, forgetDrafts } from "./drafts.ts";
import type { OutboxStore } from "./outbox-store.ts";
import { goToSignIn, leaveBy, type SignOutReason } from "./session.ts";

const channel = new BroadcastChannel("superchat-person");
/** Said before signing out; who is signed in is said by each page that is loaded. */
const LEAVING = true;
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

/** Another tab is signing out, and has asked about what is dropped. */
let leftHere = false;

/** From here on this page keeps nothing, and ends: whose it is is not signed in any more. */
export function endPage(me: string, store: OutboxStore, why: SignOutReason): void {
  const dropped = countDrafts(me) > 0 || document.querySelector(".pending") !== null;
  forgetDrafts("", true);
  void store.keepOnly("");
  goToSignIn(leftHere ? "here" : why, dropped && !leftHere);
}

function forgetOthers(me: string, store: OutboxStore): void {
  forgetDrafts(me);
  void store.keepOnly(me);
}

/** A page that was loaded knows who is signed in now; older ones of somebody else end. */
function tellTabs(me: string, store: OutboxStore): void {
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    leftHere ||= data === LEAVING || data === "";
    if (!me || data === me || data === LEAVING) return;
    if (!data) return endPage(me, store, "here");
    forgetDrafts(String(data), true);
    void store.keepOnly(String(data));
    location.reload();
  };
  channel.postMessage(me);
}

async function signOut(form: HTMLFormElement, me: string, store: OutboxStore): Promise<void> {
  const [unsent, drafts] = [(await store.list(me)).length, countDrafts(me)];
  const sentences = [
    unsent && `${unsent === 1 ? "A message has" : `${unsent} messages have`} not been sent yet.`,
    drafts && `${drafts === 1 ? "A message is" : `${drafts} messages are`} not finished.`,
  ].filter(Boolean);
  const leave = () => {
    channel.postMessage(LEAVING);
    leaveBy(form);
  };
  if (sentences.length === 0) return leave();
  const these = unsent + drafts === 1 ? "it is" : "they are";
  const question = `${sentences.join(" ")} If you sign out, ${these} deleted from this browser.`;
  ask(question, "Stay signed in", "Sign out and delete", leave);
}
