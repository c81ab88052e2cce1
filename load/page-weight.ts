/** What a browser fetches for a room page with fifty messages, compressed as a browser asks for it. */
import { gunzipSync, gzipSync } from "node:zlib";
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
  /** @returns what is in it */
  async function fetchFile(path: string): Promise<string> {
    const answer = await fetch(`${url}${path}`, {
      headers: { "accept-encoding": "gzip" },
      decompress: false,
    } as RequestInit);
    const body = await answer.bytes();
    total += body.length;
    figures.push({ what: path.replace(/\.[0-9a-f]+\./, "."), value: kib(body.length), unit: "KiB" });
    return gunzipSync(body).toString();
  }
  let code = "";
  for (const [, path = ""] of html.matchAll(/(?:src|href)="(\/static\/[^"]+)"/g)) code += await fetchFile(path);
  figures.push({ what: "page weight until it can be used (gzip)", value: kib(total), unit: "KiB" });
  const [actions] = /\/static\/actions\.[0-9a-f]+\.js/.exec(code) ?? [];
  if (actions !== undefined) await fetchFile(actions);
  await createPagePerson(url).visit("/");
  return [...figures, { what: "page weight in all (gzip), with the first action", value: kib(total), unit: "KiB" }];
}

function kib(bytes: number): number {
  return bytes / 1024;
}
