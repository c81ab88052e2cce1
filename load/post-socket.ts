/** A socket that posts, to any of the servers that are measured side by side. */
import { openPlainSocket, openSocketIoSocket } from "./peers/protocols.ts";
import { type LoadSocket, openLoadSocket } from "./transport.ts";

export type Protocol = "centrifuge" | "plain" | "socket.io";

export interface PostTo {
  readonly url: string;
  /** Default: the Centrifuge protocol, which is what needs a token. */
  readonly protocol?: Protocol;
  readonly token: string;
}

export function openPostSocket({ url, protocol = "centrifuge", token }: PostTo): Promise<LoadSocket> {
  if (protocol === "plain") return openPlainSocket(url);
  return protocol === "socket.io" ? openSocketIoSocket(url) : openLoadSocket({ url, token });
}
