/**
 * A body that is known as a whole, for answers that may be long. Bun writes the headers of a body of 16 KiB and more, name by name, each
 * in a system call and a packet of its own: fifty of them for a page, a tenth of all that the page costs. What comes out of a direct
 * stream leaves with its headers, and with a Content-Length, as one.
 */

/** Below this Bun puts headers and body together, whatever the text's characters take. */
const longCharacters = 5_000;
const maxBytesPerCharacter = 3;

export function wholeBody(text: string): string | ReadableStream {
  if (text.length < longCharacters) return text;
  const source: Bun.DirectUnderlyingSource = {
    type: "direct",
    pull(controller) {
      controller.write(text);
      controller.close();
    },
  };
  // The browser's types, which a library brings along, know no direct streams.
  const typed = source as unknown as UnderlyingSource;
  // All of it is kept until the end, when its length is known.
  return new ReadableStream(typed, { highWaterMark: maxBytesPerCharacter * text.length });
}
