/** Wires the page's parts together. Everything works without this code too, by links and plain forms. */
import { createAnnouncer } from "./announce.ts";
import { type Connection, keepConnected } from "./connection.ts";
import { openConversation } from "./conversation.ts";
import { listenToDrawer } from "./drawer.ts";
import { newEventId } from "./event-id.ts";
import type { PageFrame, ServerFrame } from "./frames.ts";
import { listenToKeys } from "./keyboard.ts";
import { createRoomListRefresh } from "./lists.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import { openOutboxStore } from "./outbox-store.ts";
import { keepOwnLinksHere } from "./own-links.ts";
import { byId, readPage } from "./page.ts";
import { resumeUrl } from "./position.ts";
import { showPresence } from "./presence.ts";
import { checkSession, type SignOutReason } from "./session.ts";
import { endPage, watchSignOut } from "./sign-out.ts";
import { createStatus } from "./status.ts";
import { alone, listenToTabs } from "./tabs.ts";
import { keepTimesLocal } from "./times.ts";
import { createUnreadMarks } from "./unread.ts";

const SIGNED_OUT = 4401;
const NOT_A_MEMBER = 4403;

const { me, socket, room } = readPage();
let connection: Connection | undefined;
const send = (frame: PageFrame) => connection?.send(frame) ?? false;

const store = openOutboxStore();
const unread = createUnreadMarks({ me, send, seen });
const outbox: Outbox = createOutbox({
  user: me,
  life: newEventId(),
  store,
  send,
  alone,
  show: (entry, state) => conversation?.pending.show(entry, state),
  hide: (id) => conversation?.pending.hide(id),
  tell: listenToTabs((news) => void outbox.refresh(news)),
  suspect: () => connection?.suspect(),
  now: Date.now,
});
const conversation =
  room &&
  openConversation(room, {
    me,
    send,
    announcer: createAnnouncer(),
    outbox,
    looked: unread.look,
    refuse: () => connection?.reopen(true),
    progressed: () => connection?.progressed(),
  });
const refreshRooms = createRoomListRefresh(room?.id ?? "", unread.draw);

// The page of an error may have come without it.
if (byId("rooms")?.matches("[data-missing]")) refreshRooms();
watchSignOut(me, store);
keepTimesLocal(() => conversation?.renewDays());
listenToKeys();
listenToDrawer();
keepOwnLinksHere();
if (socket) connect(socket);

const signedOut = (why: SignOutReason) => endPage(me, store, why);
const ended = () => signedOut("ended");

function seen() {
  const offset = conversation?.seen();
  return room && offset !== undefined ? { room: room.id, offset } : undefined;
}

function connect(element: HTMLElement): void {
  const status = createStatus();
  void outbox.refresh({});
  // Back from the browser's cache: whoever looked at it may have signed out.
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) void checkSession(ended);
  });
  connection = keepConnected(element, {
    frame: onFrame,
    address: (url) => resumeUrl(url, conversation?.position()),
    failing: () => checkSession(ended),
    opened() {
      status.connected();
      conversation?.opened();
      void outbox.opened();
      unread.look();
    },
    lost(code) {
      status.lost();
      outbox.lost(code);
      if (code === SIGNED_OUT) signedOut("elsewhere");
      if (code === NOT_A_MEMBER) location.assign("/rooms");
    },
  });
}

function onFrame(frame: ServerFrame, hold: (work: Promise<unknown>) => void): void {
  if (frame.ack) outbox.acked(frame.ack.id);
  if (frame.refused) outbox.refused(frame.refused);
  if (frame.activity) unread.activity(frame.activity);
  // A direct room that was put away, or is new.
  if (frame.waiting || (frame.activity?.messages.length && !unread.lists(frame.activity.room))) refreshRooms();
  if (frame.accepted === room?.id) document.querySelector(".request-hint")?.remove();
  if (frame.unread) unread.server(frame.unread);
  if (frame.presence) showPresence(frame.presence.user, frame.presence.online, frame.presence.room === room?.id);
  if (frame.rooms) {
    unread.forget(frame.rooms.room);
    refreshRooms();
    if (frame.rooms.room === room?.id) {
      if (!frame.rooms.member) location.assign("/rooms");
      // Joined or accepted elsewhere.
      else if (document.querySelector(".join-bar")) location.reload();
    }
  }
  if (frame.signedOut) signedOut("elsewhere");
  conversation?.frame(frame, hold);
}
