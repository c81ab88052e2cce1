/** What a community of a given size needs, as docs/operating.md shows it: from who is there and how much they say, by what each thing costs. Pure. */
import {
  cpuOf,
  type GatewayCosts,
  gatewayLoad,
  type Rooms,
  redisLoad,
  roomsHere,
  type ServiceCosts,
} from "./arithmetic.ts";

export interface Costs {
  readonly gateway: GatewayCosts;
  readonly services: ServiceCosts;
  /** A gateway's that nobody is at, and what a connection adds. */
  readonly gatewayMiB: number;
  readonly connectionKiB: number;
  /** A message with all that is kept beside it. */
  readonly postgresBytes: number;
  readonly kafkaBytes: number;
  readonly redisBytes: number;
}

export interface RoomKind {
  readonly name: string;
  /** Sockets in each room. */
  readonly online: number;
  /** Of all connections, the share that is in such rooms. */
  readonly share: number;
}

/** A busy hour. Each connection shows one room. */
export const profile = {
  kinds: [
    { name: "small", online: 10, share: 0.6 },
    { name: "middle", online: 100, share: 0.3 },
    { name: "large", online: 2_000, share: 0.1 },
  ] satisfies readonly RoomKind[] as readonly RoomKind[],
  /** Messages of each person who is there. */
  perPersonAndHour: 20,
  /** Of a day, the hours that are as busy as this one, the others taken together. */
  busyHours: 8,
} as const;

/** How far a process is to be loaded, so that the loss of another does not overload it. */
export const limits = {
  /** Of a core, for what works on one: a gateway, a writer, a node of Redis. */
  busy: 0.5,
  /** As many as the benches have had on one. */
  connectionsPerGateway: 10_000,
  /** What nginx/nginx.conf lets one worker hold, two of its connections for each. */
  connectionsPerNginxWorker: 8_000,
  /** Records that Redis keeps of a room. */
  tailEvents: 500,
  /** Of the log: one broker may be lost. */
  logCopies: 3,
  partitionsPerWriter: 4,
  leastPartitions: 12,
} as const;

export interface Need {
  readonly messagesPerSecond: number;
  readonly deliveriesPerSecond: number;
  readonly gateways: number;
  /** Of a core, each, all of them being there. */
  readonly gatewayCpu: number;
  readonly gatewayMiB: number;
  readonly nginxWorkers: number;
  readonly redisNodes: number;
  readonly redisGiB: number;
  readonly kafkaPartitions: number;
  readonly kafkaCores: number;
  readonly kafkaGiBPerDay: number;
  readonly writers: number;
  readonly postgresCores: number;
  readonly postgresGiBPerDay: number;
}

export function roomsOf(connections: number): readonly Rooms[] {
  return profile.kinds.map(({ online, share }) => ({
    rooms: (connections * share) / online,
    online,
    perSecond: (online * profile.perPersonAndHour) / 3_600,
  }));
}

export function needOf(connections: number, costs: Costs): Need {
  const all = roomsOf(connections);
  const messagesPerSecond = all.reduce((sum, { rooms, perSecond }) => sum + rooms * perSecond, 0);
  const cpu = (gateways: number) =>
    cpuOf(gatewayLoad(roomsHere(all, gateways), messagesPerSecond / gateways), costs.gateway);
  let enough = Math.ceil(connections / limits.connectionsPerGateway);
  while (cpu(enough) > limits.busy) enough += 1;
  // One may be away, or one of each ten that are restarted in turn.
  const gateways = enough + Math.ceil(enough / 10);
  const redisCpu = cpuOf(redisLoad(all, gateways), costs.services.redis);
  const writers = Math.ceil((messagesPerSecond * costs.services.writer) / 1e6 / limits.busy);
  const perDay = (messagesPerSecond * profile.busyHours * 3_600) / 2 ** 30;
  const kept = all.reduce((sum, { rooms }) => sum + rooms, 0) * limits.tailEvents;
  return {
    messagesPerSecond,
    deliveriesPerSecond: all.reduce((sum, { rooms, online, perSecond }) => sum + rooms * online * perSecond, 0),
    gateways,
    gatewayCpu: cpu(gateways),
    gatewayMiB: costs.gatewayMiB + ((connections / gateways) * costs.connectionKiB) / 1_024,
    nginxWorkers: Math.ceil(connections / limits.connectionsPerNginxWorker),
    redisNodes: Math.ceil(redisCpu / limits.busy),
    redisGiB: (kept * costs.redisBytes) / 2 ** 30,
    kafkaPartitions: Math.max(limits.leastPartitions, writers * limits.partitionsPerWriter),
    kafkaCores: (limits.logCopies * messagesPerSecond * costs.services.kafka) / 1e6 / limits.busy,
    kafkaGiBPerDay: perDay * costs.kafkaBytes * limits.logCopies,
    // A second one takes over at once.
    writers: writers + 1,
    postgresCores: (messagesPerSecond * costs.services.postgres) / 1e6 / limits.busy,
    postgresGiBPerDay: perDay * costs.postgresBytes,
  };
}

/** As docs/operating.md has it. */
export function needsTable(sizes: readonly number[], costs: Costs): string {
  const needs = sizes.map((size) => needOf(size, costs));
  const row = (what: string, of: (need: Need) => string) => `| ${what} | ${needs.map(of).join(" | ")} |`;
  return [
    `| connections | ${sizes.map(whole).join(" | ")} |`,
    `|---|${sizes.map(() => "---|").join("")}`,
    row("messages a second", (need) => whole(need.messagesPerSecond)),
    row("deliveries to sockets a second", (need) => whole(need.deliveriesPerSecond)),
    row("gateways, of a core each", (need) => `${need.gateways}, ${Math.round(need.gatewayCpu * 100)} % busy`),
    row("memory of a gateway", (need) => `${whole(need.gatewayMiB)} MiB`),
    row("workers of nginx", (need) => whole(need.nginxWorkers)),
    row("nodes of Redis, each with a replica", (need) => whole(need.redisNodes)),
    row("memory of Redis, all nodes", (need) => `${tenth(need.redisGiB)} GiB`),
    row("partitions of Kafka", (need) => whole(need.kafkaPartitions)),
    row("cores for Kafka, all brokers", (need) => tenth(need.kafkaCores)),
    row("disk for Kafka, a day", (need) => `${tenth(need.kafkaGiBPerDay)} GiB`),
    row("writers, of a core each", (need) => whole(need.writers)),
    row("cores for Postgres", (need) => tenth(need.postgresCores)),
    row("disk for Postgres, a day", (need) => `${tenth(need.postgresGiBPerDay)} GiB`),
  ].join("\n");
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en");
}

function tenth(value: number): string {
  return value >= 100 ? whole(value) : value.toFixed(1);
}
