/** Writing and reading as a page does, over its own socket: posts and acks by id, runs of events as HTML, resets. */
import type { Mark } from "./history.ts";
import { type Frame, openSocket, type TestSocket } from "./socket.ts";
import { type Answer, answerWithinMs, type FollowOptions, type Sender, type Transport } from "./transport.ts";

/** A page expects a sign of life every 20 seconds. */
const silentForMs = 25_000;
const item = /<li\b[^>]*\bid="m-(\d+)"[^>]*>/g;

export const page: Transport = { name: "page", openSender, follow };

function openSender(base: string, who: FollowOptions["who"]): Sender {
  let socket: Promise<TestSocket> | undefined;
  const waiting = new Map<string, (answer: Answer | undefined) => void>();

  const onFrame = ({ ack, refused }: Frame) => {
    if (ack) waiting.get(ack.id)?.({ type: "acked" });
    // For a while: then it is sent again.
    if (refused) waiting.get(refused.id)?.(passes(refused.code) ? undefined : { type: "refused", code: refused.code });
  };
  const connected = () => {
    socket ??= openSocket(`${base}/live`, { cookie: cookieOf(who), origin: base, onFrame }).then((opened) => {
      void opened.ended.then(forget);
      return opened;
    });
    return socket;
  };
  const forget = () => {
    socket = undefined;
    for (const answer of waiting.values()) answer(undefined);
  };

  return {
    async send(draft) {
      const live = await connected().catch((error) => {
        forget();
        throw error;
      });
      const { promise, resolve } = Promise.withResolvers<Answer | undefined>();
      waiting.set(draft.id, resolve);
      const timer = setTimeout(() => {
        // As a page does that hears nothing: it comes back by another connection.
        live.close();
        resolve(undefined);
      }, answerWithinMs);
      try {
        live.send({ post: draft });
        const answer = await promise;
        if (answer === undefined) throw new Error("no answer");
        return answer;
      } finally {
        clearTimeout(timer);
        waiting.delete(draft.id);
      }
    },
    close: () => void socket?.then((live) => live.close()).catch(() => undefined),
  };
}

async function follow({ base, who, room, from, shown }: FollowOptions) {
  const query = `?room=${room}&epoch=${encodeURIComponent(from.epoch)}&after=${from.offset}`;
  let over = false;
  const onFrame = ({ run, content, reset }: Frame) => {
    if (over) return;
    if (run?.room === room) {
      const { epoch, from: first, to } = run;
      shown({ type: "live", epoch, from: first, to, messages: messagesOf(String(content ?? "")) });
    } else if (reset?.room === room) {
      // What comes after it on this connection goes on from a reading that did not happen.
      over = true;
      shown({ type: "reset" });
      socket.close();
    }
  };
  const socket = await openSocket(`${base}/live${query}`, {
    cookie: cookieOf(who),
    origin: base,
    onFrame,
    silentForMs,
  });
  return { ended: socket.ended, close: socket.close };
}

function messagesOf(html: string): Mark[] {
  return [...html.matchAll(item)].flatMap(([tag, offset]) => {
    const id = /data-id="([^"]+)"/.exec(tag)?.[1];
    return id === undefined ? [] : [{ offset: Number(offset), id }];
  });
}

const passes = (code: string) => code === "unavailable" || code === "rate-limited" || code === "internal";
const cookieOf = (who: FollowOptions["who"]) => `superchat_access=${who.token}`;
