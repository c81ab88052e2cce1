/** For readers that go through a text once, from place to place. */

/** @param pattern sticky: it is tried at this place only. @returns where the match ends */
export function endOfMatch(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
