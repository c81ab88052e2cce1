/** How much of the longest allowed message a text takes, and the sentence that says so when it gets tight. */

export const TEXT_MAX_BYTES = 16_384;
const NEARLY_FULL_BYTES = 1_000;
/** UTF-16 units never take more bytes than this in UTF-8. */
const BYTES_PER_UNIT = 3;

export function bytesOver(text: string): number {
  if (text.length * BYTES_PER_UNIT <= TEXT_MAX_BYTES - NEARLY_FULL_BYTES) return -TEXT_MAX_BYTES;
  return new TextEncoder().encode(text).length - TEXT_MAX_BYTES;
}

export function describeSize(over: number): string {
  if (over > 0) return `${over} bytes too long. Shorten or split the message.`;
  return over > -NEARLY_FULL_BYTES ? `${-over} bytes left.` : "";
}
