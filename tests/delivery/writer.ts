/** Somebody who writes: one message after the other, each with its id until it is acked. */
import { type ApiPerson, callApi } from "../support/api-person.ts";
import type { Send } from "./history.ts";
import type { Transport } from "./transport.ts";
import type { Worker } from "./worker.ts";

const retryPauseMs = 50;
/** How often an ack is taken for lost: sending the same again must change nothing. */
const doubtful = 0.03;
/** How often somebody who got no answer leaves it at that: then the message is there, or it is not, and nobody saw it. */
const impatient = 0.3;
/** How often an outbox wakes up that was not told of an ack long ago, and sends one of its messages again. */
const wakingUp = 0.03;

export interface WriterOptions {
  readonly base: string;
  readonly name: string;
  readonly who: ApiPerson;
  readonly transport: Transport;
  readonly sends: Send[];
  /** Between an ack and the next message. */
  readonly pauseMs: () => number;
  readonly next: () => { readonly room: string; readonly text: string };
}

export function startWriter({ base, name, who, transport, sends, pauseMs, next }: WriterOptions): Worker {
  const sender = transport.openSender(base, who);
  let acks = 0;
  let writing = true;
  const acked: Send[] = [];
  const work = (async () => {
    for (let n = 0; writing; n++) {
      const { room, text } = next();
      const send: Send = {
        id: Bun.randomUUIDv7(),
        room,
        author: who.id,
        text: `${name} ${n} ${text}`.trimEnd(),
        by: name,
        firstTriedAt: Date.now(),
        tries: 0,
      };
      sends.push(send);
      await sendUntilAnswered(send);
      if (send.ackedAt !== undefined) {
        acks += 1;
        acked.push(send);
      }
      const old = acked[Math.floor(Math.random() * acked.length)];
      if (old !== undefined && Math.random() < wakingUp) await sendUntilAnswered(old);
      await Bun.sleep(pauseMs());
    }
  })();

  /** As a careful program does it: the same id until it is acked. Some give up. */
  async function sendUntilAnswered(send: Send): Promise<void> {
    for (;;) {
      send.tries += 1;
      try {
        const { id, room, text } = send;
        const answer = await sender.send({ id, room, text, resend: send.tries > 1 });
        if (answer.type === "acked") {
          send.ackedAt ??= Date.now();
          // Once in a while the answer is taken for lost: the same again must change nothing.
          if (send.tries === 1 && Math.random() < doubtful) continue;
          return;
        }
        if (!answer.code.includes("401") && answer.code !== "unauthenticated") {
          if (send.ackedAt === undefined) send.refused = answer.code;
          return;
        }
        await renew(base, who);
      } catch {
        // Nobody knows: it is sent again, as a rule.
        if (send.ackedAt === undefined && Math.random() < impatient) return;
      }
      await Bun.sleep(retryPauseMs * (1 + Math.random()));
    }
  }

  return {
    name,
    done: () => acks,
    async stop() {
      writing = false;
      await work;
      sender.close();
    },
  };
}

/** A new access token; the one before ends after a quarter of an hour. */
export async function renew(base: string, who: ApiPerson): Promise<void> {
  const { status, body } = await callApi(base, "POST", "/sessions", {
    body: { name: who.name, password: who.password },
  });
  if (status === 201) who.token = body.accessToken;
}
