/** The line about the connection: silent when a break is short, then says what happens to messages meanwhile. */
import { byId } from "./page.ts";

/** A shorter break is not worth a word. */
const SAY_AFTER_MS = 1_000;
const RECONNECTING = "Reconnecting…";
const CONNECTING = "Connecting…";
const OFFLINE = "You are offline. Messages are kept and sent later.";

export interface Status {
  connected(): void;
  lost(): void;
}

export function createStatus(): Status {
  const line = byId("status");
  let timer = 0;
  let connected = false;
  let waiting = CONNECTING;

  function draw(): void {
    timer = 0;
    if (line) line.textContent = navigator.onLine ? (connected ? "" : waiting) : OFFLINE;
  }

  function lost(): void {
    connected = false;
    if (!timer) timer = setTimeout(draw, SAY_AFTER_MS);
  }

  addEventListener("offline", draw);
  addEventListener("online", () => setTimeout(draw, SAY_AFTER_MS));
  lost();
  return {
    lost,
    connected() {
      connected = true;
      waiting = RECONNECTING;
      clearTimeout(timer);
      draw();
    },
  };
}
