/** Writing and reading as a program does over the Centrifuge client protocol: connect, post, subscribe with recovery. */
import type { ApiPerson } from "../support/api-person.ts";
import { type Frame, openSocket, type TestSocket } from "./socket.ts";
import { type Answer, answerWithinMs, type FollowOptions, type Sender, type Transport } from "./transport.ts";

/** It is pinged every 25 seconds. */
const silentForMs = 30_000;
/** Nobody is signed in, or no longer. */
const signInAgain = [101, 109];

export const program: Transport = { name: "program", openSender, follow };

interface Connection {
  /** The reply to a command. @param at hears it at once, before anything that follows. @throws Error when there is none */
  ask(command: object, at?: (reply: Frame) => void): Promise<Frame>;
  close(): void;
  readonly ended: Promise<unknown>;
}

async function connect(
  base: string,
  who: Pick<ApiPerson, "token">,
  onPush: (push: Frame) => void,
): Promise<Connection> {
  const waiting = new Map<number, (reply: Frame | undefined) => void>();
  let commands = 0;
  const onFrame = (frame: Frame) => {
    if (frame.id !== undefined) waiting.get(frame.id)?.(frame);
    else if (frame.push !== undefined) onPush(frame.push);
    else if (Object.keys(frame).length === 0) socket.send({});
  };
  const socket: TestSocket = await openSocket(`${base}/connection/websocket`, { onFrame, silentForMs });
  void socket.ended.then(() => {
    for (const answer of waiting.values()) answer(undefined);
  });
  const connection: Connection = {
    ended: socket.ended,
    close: socket.close,
    async ask(command, at) {
      commands += 1;
      const id = commands;
      const { promise, resolve } = Promise.withResolvers<Frame | undefined>();
      waiting.set(id, (reply) => {
        if (reply !== undefined) at?.(reply);
        resolve(reply);
      });
      const timer = setTimeout(() => {
        socket.close();
        resolve(undefined);
      }, answerWithinMs);
      try {
        socket.send({ id, ...command });
        const reply = await promise;
        if (reply === undefined) throw new Error("no answer");
        return reply;
      } finally {
        clearTimeout(timer);
        waiting.delete(id);
      }
    },
  };
  const { error } = await connection.ask({ connect: { token: who.token } });
  if (error === undefined) return connection;
  socket.close();
  throw new Error(`refused: ${signInAgain.includes(error.code) ? 401 : error.code}`);
}

function openSender(base: string, who: Pick<ApiPerson, "token">): Sender {
  let connected: Promise<Connection> | undefined;
  const forget = () => {
    connected = undefined;
  };
  const connection = () => {
    connected ??= connect(base, who, () => {}).then((live) => {
      void live.ended.then(forget);
      return live;
    });
    return connected;
  };
  return {
    async send({ id, room, text, resend }): Promise<Answer> {
      const live = await connection().catch((error) => {
        forget();
        if (/401/.test(String(error))) return undefined;
        throw error;
      });
      if (live === undefined) return { type: "refused", code: "unauthenticated" };
      const { error } = await live.ask({ rpc: { method: "message.post", data: { room, id, text, resend } } });
      if (error === undefined) return { type: "acked" };
      if (error.temporary) throw new Error(`${error.code}`);
      if (signInAgain.includes(error.code)) live.close();
      return { type: "refused", code: signInAgain.includes(error.code) ? "unauthenticated" : `${error.code}` };
    },
    close: () => void connected?.then((live) => live.close()).catch(() => undefined),
  };
}

async function follow({ base, who, room, from, shown }: FollowOptions) {
  const channel = `room:${room}`;
  /** It was told to read anew. */
  let over = false;
  const publish = ({ offset, data }: Frame) => {
    // A text that grows: no event, and at no place.
    if (offset === undefined) return;
    const messages = data.type === "message.posted" ? [{ offset, id: data.id }] : [];
    shown({ type: "live", epoch: from.epoch, from: offset, to: offset, messages });
  };
  const onPush = ({ channel: of, pub, unsubscribe }: Frame) => {
    if (of !== channel || over) return;
    if (pub) publish(pub);
    // It subscribes again from where it is, by another connection.
    if (unsubscribe) connection.close();
  };
  const onReply = ({ subscribe }: Frame) => {
    if (subscribe === undefined) return;
    if (subscribe.recovered === true) for (const each of subscribe.publications ?? []) publish(each);
    else {
      over = true;
      shown({ type: "reset" });
    }
  };
  const connection = await connect(base, who, onPush);
  const position = { recover: true, epoch: from.epoch, offset: from.offset };
  const { error } = await connection.ask({ subscribe: { channel, ...position } }, onReply);
  if (error !== undefined || over) connection.close();
  if (error !== undefined) throw new Error(`refused: ${error.code}`);
  return connection;
}
