/** What a program writes, line by line. */

/** The last one may be unfinished. Resolves when the program has closed it. */
export async function readLines(stream: ReadableStream<Uint8Array>, take: (line: string) => void): Promise<void> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const [...whole] = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = whole.pop() ?? "";
    for (const line of whole) take(line);
  }
  if (rest !== "") take(rest);
}
