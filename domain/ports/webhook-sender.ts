/** Sends to addresses that people chose. Never to one that only this machine or its network can reach, unless the operator allows it. */

export interface Webhook {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What became of it. Nothing of the answer is read but its status and when to try again. */
export type Receipt =
  | { readonly type: "answered"; readonly status: number; readonly retryAfterMs?: number }
  /** No answer, and why, as a sentence. */
  | { readonly type: "unanswered"; readonly reason: string };

export interface WebhookSender {
  /**
   * Refuses where nothing may be sent: the address as it is now, its name looked up. A name that can't be looked up here passes, since
   * each delivery looks again.
   * @throws ChatError invalid, field "url", with a sentence
   */
  check(url: string): Promise<void>;

  /**
   * A POST, once; redirects are not followed. Looks the name up, checks what it stands for and connects to nothing else, so that a
   * name can't mean another machine a moment later. Ends within webhookTimeoutMs.
   */
  send(webhook: Webhook): Promise<Receipt>;
}

export const webhookTimeoutMs = 10_000;
