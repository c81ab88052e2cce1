/** What Kafka brokers for tests and trials are told: everything small, nothing made by itself, copies where there are others. */

/** Any will do: no two clusters share brokers. */
export const clusterId = "MkU3OEVBNTcwNTJENDM2Qg";
/** What is acked is on this many brokers at least, where there are that many. */
const copies = 3;
const copiesInSync = 2;

export interface KafkaPorts {
  readonly port: number;
  readonly controllerPort: number;
}

/** @param at which of them this broker is */
export function serverProperties(all: readonly KafkaPorts[], at: number): string {
  const own = all[at];
  if (own === undefined) throw new Error(`There is no broker ${at} among ${all.length}.`);
  const { port, controllerPort } = own;
  const replicas = Math.min(copies, all.length);
  const inSync = replicas > copiesInSync ? copiesInSync : 1;
  return lines({
    "process.roles": "broker,controller",
    "node.id": at + 1,
    "controller.quorum.voters": all.map((each, index) => `${index + 1}@127.0.0.1:${each.controllerPort}`).join(","),
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    "advertised.listeners": `PLAINTEXT://127.0.0.1:${port}`,
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "inter.broker.listener.name": "PLAINTEXT",
    "controller.listener.names": "CONTROLLER",
    "log.dirs": "./data",
    "auto.create.topics.enable": false,
    "default.replication.factor": replicas,
    "min.insync.replicas": inSync,
    // An ack means that it is on the disk, or on two brokers. Topics are made so; this is for those of before.
    ...(inSync === 1 ? { "log.flush.interval.messages": 1 } : {}),
    "offsets.topic.num.partitions": 4,
    "offsets.topic.replication.factor": replicas,
    "transaction.state.log.num.partitions": 4,
    "transaction.state.log.replication.factor": replicas,
    "transaction.state.log.min.isr": inSync,
    "share.coordinator.state.topic.num.partitions": 1,
    "share.coordinator.state.topic.replication.factor": replicas,
    "share.coordinator.state.topic.min.isr": inSync,
    "group.initial.rebalance.delay.ms": 0,
    // A killed broker may come back once its controller takes it for gone; by default after nine seconds.
    "broker.session.timeout.ms": 2_000,
    "broker.heartbeat.interval.ms": 500,
    "log.segment.bytes": 64 * 1024 * 1024,
    "log.cleaner.dedupe.buffer.size": 16 * 1024 * 1024,
    "num.network.threads": 2,
    "num.io.threads": 4,
  });
}

export const loggingProperties = lines({
  status: "error",
  "appender.out.type": "Console",
  "appender.out.name": "out",
  "appender.out.layout.type": "PatternLayout",
  "appender.out.layout.pattern": "[%d] %p %m (%c)%n",
  "rootLogger.level": "INFO",
  "rootLogger.appenderRef.out.ref": "out",
});

function lines(properties: Readonly<Record<string, string | number | boolean>>): string {
  return `${Object.entries(properties)
    .map(([name, value]) => `${name}=${value}`)
    .join("\n")}\n`;
}
