/**
 * Which broker leads which partition, as the client itself sees it at the moment it sends. kafkajs shows that to a partitioner
 * alone, so this is one: it puts nothing anywhere, but ends a send whose records would go to more than the broker they were
 * gathered for, before any of it has left.
 */
import type { ICustomPartitioner, Message } from "kafkajs";

export class LeaderMoved extends Error {
  override readonly name = "LeaderMoved";
  /** For kafkajs: the same send would end the same way. */
  readonly retriable = false;

  static isCauseOf(error: unknown): boolean {
    for (let link = error; link instanceof Error; link = link.cause) if (link instanceof LeaderMoved) return true;
    return false;
  }
}

export interface Leaders {
  /** Undefined until the first send. */
  of(partition: number): number | undefined;
  /** The message, to be sent only to the leader its partition has now. */
  expect(message: Message & { readonly partition: number }): Message;
  /** @throws LeaderMoved for a message whose partition is led by another; then the new leaders are known */
  readonly partitioner: ReturnType<ICustomPartitioner>;
}

export function createLeaders(): Leaders {
  let known: ReadonlyMap<number, number> = new Map();
  const expected = new WeakMap<Message, number | undefined>();
  return {
    of: (partition) => known.get(partition),
    expect(message) {
      expected.set(message, known.get(message.partition));
      return message;
    },
    partitioner({ message, partitionMetadata }) {
      const { partition } = message;
      if (partition === undefined) throw new Error("Every record names its partition.");
      const leader = partitionMetadata.find(({ partitionId }) => partitionId === partition)?.leader;
      if (leader === expected.get(message)) return partition;
      known = new Map(partitionMetadata.map((each) => [each.partitionId, each.leader]));
      throw new LeaderMoved("Other brokers lead by now.");
    },
  };
}
