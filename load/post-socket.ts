/** A socket that posts, to any of the servers that are measured side by side. */
import { openPlainSocket, openSocketIoSocket } from "./peers/protocols.ts";
import { type LoadSocket, openLoadSocket } from "./transport.ts";

/** Centrifugo passes on what it is given, so it is given all that the others make of a text. */
export type Protocol = "centrifuge" | "centrifugo" | "plain" | "socket.io";

export interface PostTo {
  readonly url: string;
  /** Default: the Centrifuge protocol, which is what needs a token. */
  readonly protocol?: Protocol;
  readonly token: string;
}

export function openPostSocket({ url, protocol = "centrifuge", token }: PostTo): Promise<LoadSocket> {
  if (protocol === "plain") return openPlainSocket(url);
  if (protocol === "centrifugo") return openLoadSocket({ url, token, besides: whatOthersAdd() });
  return protocol === "socket.io" ? openSocketIoSocket(url) : openLoadSocket({ url, token });
}

function whatOthersAdd(): Readonly<Record<string, unknown>> {
  const id = Bun.randomUUIDv7();
  return { room: id, type: "message.posted", author: { id, name: "Ana" }, at: new Date().toISOString() };
}
