/** Keeps the page's socket alive on top of hx-ws: resumes where the page stands, notices silence, comes back at once. */
import { type PageFrame, parseFrame, type ServerFrame } from "./frames.ts";
import { wireUp } from "./htmx.ts";

/** The server beats every 20 s; a socket silent for longer than this is dead. */
const SILENT_AFTER_MS = 45_000;
/** A socket that was asked for something and stays silent past one beat is dead too. */
const UNANSWERED_AFTER_MS = 22_000;
/** A handshake that takes longer hangs, on a server that is frozen or a net that is gone: another attempt may meet another. */
const CONNECT_WITHIN_MS = 10_000;
const CHECK_EVERY_MS = 5_000;
/** A refused handshake looks like any other break: after so many, something else may be wrong. */
const FAILING_EVERY = 3;
/** Wait after a close that hx-ws takes as final, and the longest wait after refused frames. */
const RETRY_MS = 4_000;
const FIRST_RETRY_MS = 250;
/** Close codes after which hx-ws connects again by itself. */
const RECONNECTED_CODES = [1001, 1005, 1006, 1011, 1012, 1013, 1014];

interface HxConnection {
  url: string;
  socket: WebSocket | null;
}

type HxEvent = CustomEvent<{
  connection: HxConnection;
  code?: number | null;
  cancelled: boolean;
  message: { data: unknown };
  waitUntil(work: Promise<unknown>): void;
}>;

export interface SocketOwner {
  /** The address to connect to, asked before each attempt. */
  address(url: string): string;
  opened(): void;
  /** `code` is 0 when this side gave the socket up. */
  lost(code: number): void;
  /** Several attempts in a row did not even open. */
  failing(): void;
  /** `hold` makes all later frames wait. */
  frame(frame: ServerFrame, hold: (work: Promise<unknown>) => void): void;
}

export interface Connection {
  send(frame: PageFrame): boolean;
  /** Drops the socket, whatever its state, and connects again: at once, or after a rising wait. */
  reopen(wait?: boolean): void;
  /** An answer is overdue: reconnects if the socket has been silent as well. */
  suspect(): void;
  /** Frames came through in order: the next `reopen(true)` waits briefly again. */
  progressed(): void;
}

export function keepConnected(element: HTMLElement, owner: SocketOwner): Connection {
  let current: HxConnection | undefined;
  let known = false;
  let heardAt = Date.now();
  let connectTimer = 0;
  let refusedTimes = 0;
  let failures = 0;
  let retryTimer = 0;
  let leaving = false;
  let announced: WebSocket | null = null;

  const isOpen = () => current?.socket?.readyState === WebSocket.OPEN;
  const isOpening = () => current?.socket?.readyState === WebSocket.CONNECTING;

  function reopen(wait = false): void {
    clearTimeout(retryTimer);
    clearTimeout(connectTimer);
    if (isOpen()) owner.lost(0);
    known = true;
    current = undefined;
    if (!wait) wireUp(element, true);
    else retryTimer = setTimeout(reopen, Math.min(FIRST_RETRY_MS * 2 ** refusedTimes++, RETRY_MS));
  }

  function opened(): void {
    heardAt = Date.now();
    if (announced === current?.socket) return;
    announced = current?.socket ?? null;
    failures = 0;
    owner.opened();
  }

  function check(silentAfterMs: number): void {
    if (isOpen() && Date.now() - heardAt > silentAfterMs) reopen();
  }

  function limitOpening(): void {
    clearTimeout(connectTimer);
    connectTimer = setTimeout(() => {
      if (isOpening()) reopen();
    }, CONNECT_WITHIN_MS);
  }

  /** hx-ws may have connected before this code ran. */
  function adopt(connection: HxConnection): void {
    if (!known) current = connection;
    known = true;
  }

  function listen(name: string, react: (event: HxEvent) => void): void {
    document.addEventListener(`htmx:ws:${name}`, (event) => {
      if (event.target === element) react(event as HxEvent);
    });
  }

  listen("before:connection", ({ detail }) => {
    clearTimeout(retryTimer);
    known = true;
    current = detail.connection;
    current.url = owner.address(current.url);
    limitOpening();
  });
  listen("after:connection", ({ detail }) => {
    adopt(detail.connection);
    if (detail.connection === current) opened();
  });
  listen("before:message:incoming", (event) => {
    const { detail } = event;
    // What is to be shown is put into the page by its owner, together with what else comes before the next paint.
    event.preventDefault();
    adopt(detail.connection);
    const frame = detail.connection === current ? parseFrame(detail.message.data) : undefined;
    if (!frame) return;
    opened();
    owner.frame(frame, (work) => detail.waitUntil(work));
  });
  listen("close", ({ detail }) => {
    if (detail.connection !== current || typeof detail.code !== "number") return;
    owner.lost(detail.code);
    if (announced !== detail.connection.socket && ++failures % FAILING_EVERY === 0) owner.failing();
    if (leaving || RECONNECTED_CODES.includes(detail.code)) return;
    clearTimeout(retryTimer);
    retryTimer = setTimeout(reopen, RETRY_MS);
  });

  setInterval(() => check(SILENT_AFTER_MS), CHECK_EVERY_MS);
  addEventListener("online", () => reopen());
  addEventListener("pagehide", () => {
    leaving = true;
  });
  addEventListener("pageshow", (event) => {
    leaving = false;
    if (event.persisted || !current) reopen();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    if (isOpen() || isOpening()) check(SILENT_AFTER_MS);
    else reopen();
  });

  return {
    send(frame) {
      if (!current?.socket || !isOpen()) return false;
      current.socket.send(JSON.stringify(frame));
      return true;
    },
    reopen,
    suspect: () => check(UNANSWERED_AFTER_MS),
    progressed() {
      refusedTimes = 0;
    },
  };
}
