/** What a browser fetches for a room page with fifty messages, compressed as a browser asks for it. */
import { gzipSync } from "node:zlib";
import { createPagePerson, signUpAtPage } from "../tests/support/page-person.ts";
import type { Figure } from "./figure.ts";

const messages = 50;
const sample = "The quick brown **fox** jumps over the lazy dog, and `the dog` says nothing about it. ";

export async function measurePageWeight(url: string): Promise<readonly Figure[]> {
  const ana = await signUpAtPage(url);
  const page = await ana.visit("/rooms/lobby");
  for (let n = 0; n < messages; n++) {
    const form = n === 0 ? page : await ana.visit("/rooms/lobby");
    await ana.submit(form, "/rooms/lobby/messages", { text: `${n} ${sample.repeat(1 + (n % 4))}` });
  }
  const { html } = await ana.visit("/rooms/lobby");
  const figures: Figure[] = [
    { what: "room page, HTML with 50 messages (gzip)", value: kib(gzipSync(html).length), unit: "KiB" },
  ];
  let total = gzipSync(html).length;
  for (const [, path = ""] of html.matchAll(/(?:src|href)="(\/static\/[^"]+)"/g)) {
    const answer = await fetch(`${url}${path}`, {
      headers: { "accept-encoding": "gzip" },
      decompress: false,
    } as RequestInit);
    const size = (await answer.bytes()).length;
    total += size;
    figures.push({ what: path.replace(/\.[0-9a-f]+\./, "."), value: kib(size), unit: "KiB" });
  }
  await createPagePerson(url).visit("/");
  return [...figures, { what: "page weight in all (gzip)", value: kib(total), unit: "KiB" }];
}

function kib(bytes: number): number {
  return bytes / 1024;
}
