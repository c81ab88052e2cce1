/** One connection of a program to the server, over k6's sockets: connects, and carries a conversation until it ends. */
import { WebSocket } from "k6/websockets";
import { type Account, server } from "./account.ts";
import { type Command, createConversation, type Push, type Reply } from "./conversation.ts";

export const socketUrl = `${server.replace(/^http/, "ws")}/connection/websocket`;

export interface Link {
  /** Its own, in the whole run. */
  readonly name: string;
  readonly isOpen: () => boolean;
  /** `answered` comes before whatever follows the reply in its frame; undefined: the connection ended first. */
  readonly say: (command: Command, answered: (reply: Reply | undefined) => void) => void;
  readonly ask: (command: Command) => Promise<Reply | undefined>;
  readonly close: () => void;
}

interface Wish {
  readonly account: Account;
  readonly heard: (push: Push) => void;
  /** When it was connected and is no more, whoever ended it. */
  readonly ended: (code: number) => void;
}

/** A server that says nothing for so long is away. */
const connectWithinMs = 20_000;
const leastRenewalMs = 1_000;
let links = 0;

/** @returns undefined when there is no server, or it refuses the token */
export async function openLink({ account, heard, ended }: Wish): Promise<Link | undefined> {
  const token = await account.token();
  links += 1;
  const name = `${__VU}-${links}`;
  const socket = new WebSocket(socketUrl);
  const conversation = createConversation({ send: (frame) => socket.send(frame), heard });
  const unanswered = new Set<() => void>();
  let isOpen = false;
  let renewal: ReturnType<typeof setTimeout> | undefined;
  const finish = () => {
    isOpen = false;
    clearTimeout(renewal);
    for (const giveUp of [...unanswered]) giveUp();
    unanswered.clear();
  };
  const say: Link["say"] = (command, answered) => {
    if (!isOpen) return answered(undefined);
    const giveUp = () => answered(undefined);
    unanswered.add(giveUp);
    conversation.say(command, (reply) => {
      unanswered.delete(giveUp);
      answered(reply);
    });
  };
  const renewIn = (ttlS: number | undefined) => {
    if (ttlS === undefined || !isOpen) return;
    renewal = setTimeout(
      async () => {
        const newer = await account.token();
        say({ refresh: { token: newer } }, (reply) => renewIn(reply?.refresh?.ttl));
      },
      Math.max(leastRenewalMs, (ttlS * 1_000) / 2),
    );
  };
  return await new Promise((resolve) => {
    const late = setTimeout(() => socket.close(), connectWithinMs);
    let connected = false;
    socket.onopen = () => {
      isOpen = true;
      say({ connect: { token } }, (reply) => {
        clearTimeout(late);
        if (reply?.connect === undefined) {
          socket.close();
          return resolve(undefined);
        }
        connected = true;
        renewIn(reply.connect.ttl);
        const ask: Link["ask"] = (command) => new Promise((answered) => say(command, answered));
        const close = () => {
          finish();
          socket.close();
        };
        resolve({ name, isOpen: () => isOpen, say, ask, close });
      });
    };
    // The types leave out that events are given.
    const events = socket as unknown as Listening;
    events.onmessage = ({ data }) => conversation.take(String(data));
    events.onclose = ({ code }) => {
      clearTimeout(late);
      finish();
      resolve(undefined);
      if (connected) ended(code ?? abnormal);
    };
    // Its end follows, and says all there is to know.
    events.onerror = () => {};
  });
}

interface Listening {
  onmessage: (event: { data: unknown }) => void;
  onclose: (event: { code?: number }) => void;
  onerror: () => void;
}

/** As the WebSocket protocol has it: it ended without a word. */
const abnormal = 1006;
