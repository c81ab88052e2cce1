/**
 * The group's own offsets, for those who watch how far it is behind. Where the store says how far a reader is, nobody goes by
 * them: one request for all partitions, once in a while, is enough.
 */
import type { Consumer } from "kafkajs";
import { within } from "./back-off.ts";

const hintEveryMs = 1_000;
/** While the brokers are away nobody waits for a hint for long. */
export const hintLimitMs = 1_000;

export interface PositionHints {
  /** @param next the offset that is read next */
  note(partition: number, next: number): void;
  /** The partitions may be somebody else's now. */
  forget(): void;
  flush(): Promise<void>;
}

export function createPositionHints(consumer: Pick<Consumer, "commitOffsets">, topic: string): PositionHints {
  const noted = new Map<number, number>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const flush = async () => {
    clearTimeout(timer);
    timer = undefined;
    if (noted.size === 0) return;
    const hints = [...noted].map(([partition, next]) => ({ topic, partition, offset: String(next) }));
    noted.clear();
    await within(hintLimitMs, "A commit", consumer.commitOffsets(hints)).catch(() => undefined);
  };

  return {
    note(partition, next) {
      noted.set(partition, next);
      timer ??= setTimeout(flush, hintEveryMs);
    },
    forget: () => noted.clear(),
    flush,
  };
}
