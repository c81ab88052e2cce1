/** What a room talks about: how its conversations are written down. */

export interface Topic {
  /** Of the room. */
  readonly name: string;
  /** What stands below its name. */
  readonly about: string;
  /** What its maker says first. */
  readonly opening: string;
  /** What stands for {word} in a scene: one choice per scene; {word2} is another one from the same list. */
  readonly words: Readonly<Record<string, readonly string[]>>;
  /** Put at the end of what cheerful people say. */
  readonly emoji: readonly string[];
  readonly scenes: readonly Scene[];
}

/**
 * A conversation. Each line is "a: what a says"; "a> …" is a reply to the line before. Letters stand for people: @b
 * mentions one. "this || that" is one of both, except around code; {3-9} a number.
 */
export type Scene = readonly string[];
