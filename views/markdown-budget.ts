/**
 * What one text may cost: the work of turning it into HTML is counted while it is done, and a text that asks for more is shown
 * as it was written. Counted, not timed: the same text becomes the same HTML on every gateway, live and on the page.
 */
import type { MarkdownIt } from "markdown-it";

/** Pieces of a text: opened and closed marks, cells, words between them. No message that people read has as many. */
export const maxWork = 4_000;
/** Blocks and marks within one another. */
export const maxNesting = 40;
/** An address costs as much as so many pieces: it is taken apart, checked and encoded. */
export const addressWork = 12;
/** Bytes of HTML per byte of text, beyond `freeHtmlBytes`: code in colour takes 7 at most. As it was written, a text takes 6. */
export const maxGrowth = 8;
export const freeHtmlBytes = 4_096;

export class TooMuch extends Error {}

/** A line costs a piece at least, whatever is in it: each is looked at for every kind of block that may begin there. */
export function hasTooManyLines(text: string): boolean {
  let lines = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines++;
  return lines > maxWork;
}

/** One per text that is rendered. */
export type Budget = {
  /** So far. */
  work: number;
  /** Characters of code that were coloured so far. */
  coloured: number;
};

export function spend(budget: Budget, work: number): void {
  budget.work += work;
  if (budget.work > maxWork) throw new TooMuch();
}

/** Counts each piece as the parser makes it, before more of them are made. */
export function countWork(md: MarkdownIt): void {
  const { State: BlockState } = md.block;
  md.block.State = class extends BlockState {
    override push(...piece: Parameters<InstanceType<typeof BlockState>["push"]>) {
      spend(this.env as unknown as Budget, 1);
      if (this.level >= maxNesting - 1) throw new TooMuch();
      return super.push(...piece);
    }
  };
  const { State: InlineState } = md.inline;
  md.inline.State = class extends InlineState {
    override push(...piece: Parameters<InstanceType<typeof InlineState>["push"]>) {
      spend(this.env as unknown as Budget, 1);
      return super.push(...piece);
    }

    override pushPending() {
      spend(this.env as unknown as Budget, 1);
      return super.pushPending();
    }
  };
}
