/** Asks the servers of a cluster who has which slots: those that are connected first, then those it was configured with. */
import { askOnce } from "./connection.ts";
import { pause } from "./pause.ts";
import type { Server } from "./server.ts";
import { rangesOf } from "./slots.ts";

/** A server that has not answered after this long is passed over. */
const answerWithinMs = 2_000;

export interface OwnedRange {
  readonly from: number;
  readonly to: number;
  readonly url: string;
}

type SlotsReply = Parameters<typeof rangesOf>[0];

/** @returns undefined when none of them answers */
export async function readSlots(
  urls: readonly string[],
  servers: readonly Server[],
): Promise<readonly OwnedRange[] | undefined> {
  const command = ["CLUSTER", "SLOTS"];
  const connected = servers.flatMap((server) => server.commands.current() ?? []);
  const ways = [
    ...connected.map((live) => () => live.send(command)),
    ...urls.map((url) => () => askOnce(url, (client) => client.sendCommand<unknown>(command))),
  ];
  for (const ask of ways) {
    const reply = await Promise.race([ask().catch(() => undefined), pause(answerWithinMs)]);
    if (Array.isArray(reply) && reply.length > 0) return ownedRanges(reply as SlotsReply, urls[0] ?? "");
  }
  return undefined;
}

/** Scheme, name and password are those of the configured servers. No host: the one that was asked, as Redis says it. */
function ownedRanges(reply: SlotsReply, rootUrl: string): readonly OwnedRange[] {
  return rangesOf(reply).map(({ from, to, host, port }) => {
    const url = new URL(rootUrl);
    if (host !== "") url.hostname = host.includes(":") ? `[${host}]` : host;
    url.port = `${port}`;
    return { from, to, url: url.href };
  });
}
