/** A process whose others write what it can't read: it waits to be replaced, and says so again and again. */
import { thisBuild } from "#domain/levels.ts";

const sayAgainMs = 60_000;

export interface Outdated {
  sentence(): string;
  begin(active: number): void;
  /** Told once, at once if it has begun before. */
  onBegin(told: () => void): void;
  close(): Promise<void>;
}

export function createOutdated(
  report: (what: string, detail: unknown) => void,
  onOutdated: (sentence: string) => void = () => undefined,
): Outdated {
  const told: (() => void)[] = [];
  let active: number | undefined;
  let saying: ReturnType<typeof setInterval> | undefined;
  const sentence = () =>
    `This is Superchat ${thisBuild.release}, which reads up to level ${thisBuild.reads}; newer versions write at level ${active}. ` +
    "It takes nothing in any more: stop it, and start the newer version instead.";
  return {
    sentence,
    begin(level) {
      active = level;
      const say = () => report("outdated", sentence());
      say();
      saying = setInterval(say, sayAgainMs);
      onOutdated(sentence());
      for (const each of told) each();
    },
    onBegin(each) {
      if (active === undefined) told.push(each);
      else each();
    },
    async close() {
      clearInterval(saying);
    },
  };
}
