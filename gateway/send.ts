/** A message that somebody hands in, whichever way: by a socket, the API or a form. Counted, and noted with its request. */
import { isChatError } from "#domain/errors.ts";
import type { Ports } from "#domain/ports/index.ts";
import { type Draft, type SendPorts, type Sent, sendMessage } from "#domain/send-message.ts";
import type { Author } from "#domain/user.ts";
import type { Log } from "./log.ts";
import { currentRequest } from "./request-scope.ts";

export interface SendParts {
  readonly ports: SendPorts & Pick<Ports, "metrics">;
  readonly log: Log;
}

/** @throws what sendMessage throws */
export async function send({ ports, log }: SendParts, author: Author, draft: Draft): Promise<Sent> {
  ports.metrics.count("superchat_gateway_sent_messages_total");
  try {
    const sent = await sendMessage(ports, author, draft);
    ports.metrics.count("superchat_gateway_acked_messages_total");
    log.debug("acked", { requestId: currentRequest()?.requestId, event: sent.id, fresh: sent.fresh });
    return sent;
  } catch (error) {
    const code = isChatError(error) ? error.code : "internal";
    ports.metrics.count("superchat_gateway_refused_messages_total", 1, code);
    throw error;
  }
}
