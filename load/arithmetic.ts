/**
 * What so many connections need: from what one of each thing costs, who is in which room, and how much they say. Pure; `growing.ts`
 * measures the costs and checks the sums, docs/operating.md shows what they come to.
 */
import { tickMs } from "../gateway/tick.ts";

/** Of one gateway: CPU-microseconds of each. */
export interface GatewayCosts {
  /** A second of a gateway that nobody is at. */
  readonly idleSecond: number;
  /** A second of a connection that says nothing: signs of life. */
  readonly silentSecond: number;
  /** A message that is posted here, until its ack. */
  readonly send: number;
  /** A message of a room that is followed here. */
  readonly take: number;
  /** A frame to one socket. */
  readonly write: number;
  /** A message in such a frame. */
  readonly delivery: number;
}

/** Of the services: CPU-microseconds, as many messages travelling together as at the rate that they were weighed at. */
export interface ServiceCosts {
  readonly redis: {
    readonly idleSecond: number;
    /** A second of a connection that says nothing: that it is there. */
    readonly silentSecond: number;
    readonly message: number;
    /** A message, for each gateway that follows its room. */
    readonly take: number;
  };
  /** A message. */
  readonly writer: number;
  readonly kafka: number;
  readonly postgres: number;
}

/** Rooms that are alike. */
export interface Rooms {
  readonly rooms: number;
  /** Sockets in each. */
  readonly online: number;
  /** Messages in each, a second. */
  readonly perSecond: number;
}

/** What one gateway does in a second. */
export type GatewayLoad = Readonly<Record<keyof GatewayCosts, number>>;

/** @param here the rooms that have sockets here, with those sockets alone. @param posted messages that are posted here */
export function gatewayLoad(here: readonly Rooms[], posted: number): GatewayLoad {
  const sum = (of: (each: Rooms) => number) => here.reduce((all, each) => all + each.rooms * of(each), 0);
  return {
    idleSecond: 1,
    silentSecond: sum(({ online }) => online),
    send: posted,
    take: sum(({ perSecond }) => perSecond),
    write: sum((each) => framesPerSecond(each) * each.online),
    delivery: sum(({ online, perSecond }) => perSecond * online),
  };
}

/**
 * Messages that come at random: one that comes a tick or more after the last frame leaves at once, the others leave together at the
 * end of that tick. After a tick the next message is waited for only when none came within it.
 */
export function framesPerSecond({ online, perSecond }: Pick<Rooms, "online" | "perSecond">): number {
  if (perSecond === 0) return 0;
  const tick = tickMs(online) / 1_000;
  return 1 / (tick + Math.exp(-perSecond * tick) / perSecond);
}

/** Of a room's sockets, each at one of so many gateways at random: at how many of these the room has any. */
export function gatewaysOf(online: number, gateways: number): number {
  return gateways * (1 - (1 - 1 / gateways) ** online);
}

/** What each of so many gateways has of them, on the average. */
export function roomsHere(all: readonly Rooms[], gateways: number): readonly Rooms[] {
  return all.map(({ rooms, online, perSecond }) => {
    const share = gatewaysOf(online, gateways) / gateways;
    return { rooms: rooms * share, online: online / gateways / share, perSecond };
  });
}

/** CPU-seconds a second. */
export function cpuOf<Thing extends string>(
  load: Readonly<Record<Thing, number>>,
  costs: Readonly<Record<Thing, number>>,
): number {
  return (Object.keys(costs) as Thing[]).reduce((sum, thing) => sum + load[thing] * costs[thing], 0) / 1e6;
}

/** Of all rooms together, a second. */
export type RedisLoad = Readonly<Record<keyof ServiceCosts["redis"], number>>;

export function redisLoad(all: readonly Rooms[], gateways: number): RedisLoad {
  const sum = (of: (each: Rooms) => number) => all.reduce((so, each) => so + each.rooms * of(each), 0);
  return {
    idleSecond: 1,
    silentSecond: sum(({ online }) => online),
    message: sum(({ perSecond }) => perSecond),
    take: sum(({ online, perSecond }) => perSecond * gatewaysOf(online, gateways)),
  };
}

/** So many in all, the nth room a share of 1/n of the first one, none empty. */
export function zipfSizes(total: number, rooms: number): readonly number[] {
  const weights = Array.from({ length: rooms }, (_, n) => 1 / (n + 1));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const sizes = weights.map((weight) => Math.max(1, Math.floor((total * weight) / all)));
  const [first = 0, ...others] = sizes;
  const given = sizes.reduce((sum, size) => sum + size, 0);
  return [first + total - given, ...others];
}
