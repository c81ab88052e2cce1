/** Writing as a program does over the HTTP API. */
import type { Answer, Transport } from "./transport.ts";
import { answerWithinMs } from "./transport.ts";

export const http: Transport = {
  name: "http",
  openSender: (base, who) => ({
    close: () => undefined,
    async send({ id, room, text, resend }): Promise<Answer> {
      const response = await fetch(`${base}/api/v1/rooms/${room}/messages`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${who.token}` },
        body: JSON.stringify({ id, text, ...(resend ? { resend } : {}) }),
        signal: AbortSignal.timeout(answerWithinMs),
      });
      const body = (await response.json()) as { readonly id?: string; readonly code?: string };
      if ((response.status === 200 || response.status === 201) && body.id === id) return { type: "acked" };
      if (response.status >= 500 || response.status === 429) throw new Error(`${response.status}`);
      return { type: "refused", code: `${response.status} ${body.code}` };
    },
  }),
};
