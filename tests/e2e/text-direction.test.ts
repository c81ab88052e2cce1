/** Nothing outside a message changes its place or direction, whatever the message is written with. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import type { Page } from "playwright-core";
import type { EventId } from "#domain/ids.ts";
import type { Message } from "#domain/message.ts";
import { excerptOf } from "#domain/quote.ts";
import { renderRun } from "#views/fragments/timeline.tsx";
import { bo, sampleMessage } from "#views/sample-room.ts";
import { useBrowser } from "../support/browser.ts";

const browser = useBrowser();
const testMs = 120_000;

/** Opened and never closed, or closed without having been opened. */
const turns = [
  "\u202E",
  "\u202B",
  "\u202D",
  "\u202A",
  "\u2067",
  "\u2068",
  "\u2066",
  "\u202C",
  "\u2069",
  "\u200F",
  "\u061C",
];
const forms = [
  ...["x%y", "**x%y**", "> x%y", "- x%y", "`x%y`", "```\nx%y", "[x%y](https://a.example/b)", "https://a.example/%y"],
  ...["| x%y | z |\n|---|---|\n| 1% | 2 |", "# x%y", "🎉%", "x&#x202E;%y", "one\n\ntwo %"],
];
const controls = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]|&#x202E;/g;

/** One message that quotes and was edited, and one below it. */
function run(text: string): string {
  const replyTo: NonNullable<Message["replyTo"]> = {
    ...{ id: "0" as EventId, offset: 1, author: bo },
    text: excerptOf(text),
  };
  const change = { text, replyTo, editedAt: "2026-11-21T11:00:00.000Z" };
  return renderRun([sampleMessage(2, bo, 0, change), sampleMessage(3, bo, 1, { text: "after (1) it!" })]);
}

/** How far from the left the words outside the text stand, character by character, in steps of four pixels. */
async function places(page: Page, html: string): Promise<unknown> {
  return await page.evaluate((html) => {
    const list = document.getElementById("list");
    if (list === null) return [];
    list.innerHTML = html;
    const outside = [...list.querySelectorAll(".author, .at, .quote-author, .edited, #m-3 .text")];
    return outside.map((element) => {
      const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      const found: number[] = [];
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        for (let at = 0; at < (node.textContent ?? "").length; at++) {
          const range = document.createRange();
          range.setStart(node, at);
          range.setEnd(node, at + 1);
          // Not how far down: a character of another font may raise its line.
          found.push(range.getBoundingClientRect().left);
        }
      }
      // What is said of the message stands at its end, which is on the left where it reads from the right.
      const start = element.className === "edited" ? (found[0] ?? 0) : 0;
      return `${element.className} ${found.map((left) => Math.round((left - start) / 4)).join(" ")}`;
    });
  }, html);
}

test(
  "what stands around a message stays where it is",
  async () => {
    await using person = await browser.newPerson({ viewport: { width: 900, height: 900 } });
    const { page } = person;
    const styles = join(import.meta.dir, "../../views/static/app.css");
    const css = await Bun.build({ entrypoints: [styles] }).then(({ outputs }) => outputs[0]?.text());
    await page.setContent(`<style>${css}</style><ol class="timeline" id="list"></ol>`);
    for (const form of forms) {
      for (const turn of turns) {
        const text = form.replaceAll("%", turn);
        const expected = await places(page, run(text.replace(controls, "")));
        expect([JSON.stringify(text), await places(page, run(text))]).toEqual([JSON.stringify(text), expected]);
      }
    }
  },
  testMs,
);
