/** Everything Superchat keeps in Redis, one server or a cluster: room stream, signals, presence and rate limits. */
import { unavailable } from "#domain/errors.ts";
import type { RoomId } from "#domain/ids.ts";
import type { Claims, Clock, GrowingTexts, Presence, RateLimiter, RoomStream, Signals } from "#domain/ports/index.ts";
import type { Position } from "#domain/room.ts";
import { createChannels } from "./channels.ts";
import { createRedisClaims } from "./claims.ts";
import { createRedisGrowingTexts } from "./growing-texts.ts";
import { pause } from "./pause.ts";
import { createRedisPresence } from "./presence.ts";
import { createRedisRateLimiter } from "./rate-limiter.ts";
import { createRedisStream } from "./room-stream.ts";
import type { Trouble } from "./server.ts";
import { createServers } from "./servers.ts";
import { createRedisSignals } from "./signals.ts";

/** How long Redis may take to answer when a process starts. */
export const openWithinMs = 30_000;
const lookAgainMs = 50;

export interface RedisOptions {
  /** A single server, `redis://` or `rediss://` with name and password. */
  readonly url?: string;
  /** Some servers of a cluster, with the same name and password; the others are found through them. */
  readonly urls?: readonly string[];
  /** Where a room stands in the store. */
  readonly head: (room: RoomId) => Promise<Position | undefined>;
  /** Counts rate limits while Redis is away. */
  readonly limiterWhenAway?: RateLimiter;
  /** A server was lost, or can't be reached. Told once until it is back. */
  readonly onTrouble?: (trouble: Trouble) => void;
  /** Signals to people may have been lost: whoever relies on them reads anew. */
  readonly onSignalsResumed?: () => void;
  /** Live events of a room were missing and have been fetched. */
  readonly onRepair?: () => void;
  /** Hears of listeners that throw: bugs of theirs. */
  readonly report?: (error: unknown) => void;
  readonly openWithinMs?: number;
  /** For tests of presence and limits; otherwise Redis' own clock counts. */
  readonly clock?: Clock;
}

export interface OpenRedis {
  readonly stream: RoomStream;
  readonly signals: Signals;
  readonly presence: Presence;
  readonly growing: GrowingTexts;
  readonly limiter: RateLimiter;
  readonly claims: Claims;
  /** @throws ChatError unavailable unless all of Redis answers */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** @throws Error with a sentence for the operator when Redis can't be used in time */
export async function openRedis(options: RedisOptions): Promise<OpenRedis> {
  const urls = options.urls ?? (options.url === undefined ? [] : [options.url]);
  if (urls.length === 0) throw new Error("Redis needs a URL.");
  const report = options.report ?? console.error;
  let trouble: Trouble | undefined;
  const servers = createServers({
    urls,
    cluster: options.urls !== undefined,
    report(news) {
      trouble = news;
      options.onTrouble?.(news);
    },
  });

  const limitMs = options.openWithinMs ?? openWithinMs;
  const deadline = performance.now() + limitMs;
  while (!servers.areReady()) {
    if (performance.now() > deadline) {
      servers.close();
      throw new Error(`Redis can't be used within ${limitMs} ms. ${sentenceOf(trouble)}`, { cause: trouble?.reason });
    }
    await servers.refresh();
    await pause(lookAgainMs);
  }

  const channels = createChannels(servers, report);
  const ending = new AbortController();
  const { clock, limiterWhenAway: whenAway } = options;
  return {
    stream: createRedisStream(servers, channels, {
      head: options.head,
      report,
      onRepair: options.onRepair,
      ended: ending.signal,
    }),
    signals: createRedisSignals(servers, channels, options.onSignalsResumed),
    presence: createRedisPresence(servers, clock),
    growing: createRedisGrowingTexts(servers, clock),
    limiter: createRedisRateLimiter(servers, { ...(whenAway && { whenAway }), ...(clock && { clock }) }),
    claims: createRedisClaims(servers),
    async ready() {
      if (!servers.areReady()) throw unavailable(`Redis is away. ${sentenceOf(trouble)}`, trouble?.reason);
    },
    async close() {
      ending.abort();
      servers.close();
    },
  };
}

function sentenceOf(trouble: Trouble | undefined): string {
  if (trouble === undefined) return "No server has answered yet.";
  const reason = trouble.reason instanceof Error ? trouble.reason.message : String(trouble.reason);
  return `${trouble.server}: ${reason}`;
}
