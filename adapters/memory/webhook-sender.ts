/** Sends nothing: keeps what would be sent, and gives the answers that a test has in mind. */
import { ChatError } from "#domain/errors.ts";
import type { Receipt, Webhook, WebhookSender } from "#domain/ports/index.ts";

export interface MemoryWebhookSender extends WebhookSender {
  readonly sent: Webhook[];
  /** Default: everything is taken. */
  answer: (webhook: Webhook) => Receipt | Promise<Receipt>;
}

export function createMemoryWebhookSender(): MemoryWebhookSender {
  const sender: MemoryWebhookSender = {
    sent: [],
    answer: () => ({ type: "answered", status: 204 }),
    async check(url) {
      if (new URL(url).hostname !== "localhost") return;
      throw new ChatError("invalid", "Nothing is sent to this machine itself.", { field: "url" });
    },
    async send(webhook) {
      sender.sent.push(webhook);
      return await sender.answer(webhook);
    },
  };
  return sender;
}
