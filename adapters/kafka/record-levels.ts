/** Sorts records by whether their levels exist, and can be read here, before anything is done with them. */

import { firstLevel, thisBuild } from "#domain/levels.ts";
import type { Levels } from "#domain/ports/index.ts";
import { type IncomingRecord, levelOfRecord } from "./record.ts";

export interface RecordLevels<Item> {
  /** Nobody writes this level, or a higher one: such records are poison. */
  readonly unwritten: number;
  /** The first of the lowest level that exists, and that only newer versions read. */
  readonly newer?: { readonly level: number; readonly record: Item };
}

/**
 * Levels are asked about from the lowest on until one does not exist, so that any number of forged ones costs one question.
 * @throws ChatError unavailable when nobody can tell
 */
export async function levelsAmong<Item extends IncomingRecord>(
  records: readonly Item[],
  levels: Pick<Levels, "mayExist">,
  reads: number = thisBuild.reads,
): Promise<RecordLevels<Item>> {
  const firstOf = new Map<number, Item>();
  for (const record of records) {
    const level = levelIn(record);
    if (level > firstLevel && !firstOf.has(level)) firstOf.set(level, record);
  }
  let newer: RecordLevels<Item>["newer"];
  for (const [level, record] of [...firstOf].sort(([one], [other]) => one - other)) {
    if (!(await levels.mayExist(level))) return { unwritten: level, ...(newer && { newer }) };
    if (level > reads) newer ??= { level, record };
  }
  return { unwritten: Number.POSITIVE_INFINITY, ...(newer && { newer }) };
}

/** What says nothing that can be understood is nobody's. */
function levelIn(record: IncomingRecord): number {
  try {
    return levelOfRecord(record);
  } catch {
    return 0;
  }
}
