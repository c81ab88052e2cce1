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

/** A page with nothing but the styles and an empty list. */
async function openList(page: Page): Promise<void> {
  const styles = join(import.meta.dir, "../../views/static/app.css");
  const css = await Bun.build({ entrypoints: [styles] }).then(({ outputs }) => outputs[0]?.text());
  await page.setContent(`<style>${css}</style><ol class="timeline" id="list"></ol>`);
}

/** The text of a message that mentions bob and ليلى, as it is shown. */
async function show(page: Page, text: string): Promise<void> {
  const html = renderRun([sampleMessage(2, bo, 0, { text, mentions: [bo.id], named: ["bob", "ليلى"] })]);
  await page.$eval(
    "#list",
    (list, html) => list.replaceChildren(document.createRange().createContextualFragment(html)),
    html,
  );
}

/** Of the first element that is found: how far its words stand in from the text's left and right edge, and its pieces in a line. */
async function edges(page: Page, selector: string) {
  return await page.$eval(`#list ${selector}`, (element) => {
    const text = element.closest(".text")?.getBoundingClientRect() ?? new DOMRect();
    const own = element.getBoundingClientRect();
    const { borderLeftWidth, borderRightWidth } = getComputedStyle(element);
    const range = document.createRange();
    range.selectNodeContents(element);
    const at = (end: number) => {
      const node = document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode();
      if (node === null || (node.textContent ?? "").length <= end) return 0;
      range.setStart(node, end);
      range.setEnd(node, end + 1);
      return range.getBoundingClientRect().left;
    };
    return {
      left: Math.round(own.left - text.left),
      right: Math.round(text.right - own.right),
      pieces: element.getClientRects().length,
      bars: [borderLeftWidth, borderRightWidth].map(Number.parseFloat),
      signIsLeft: at(0) < at(1),
    };
  });
}

test(
  "what stands around a message stays where it is",
  async () => {
    await using person = await browser.newPerson({ viewport: { width: 900, height: 900 } });
    const { page } = person;
    await openList(page);
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

test(
  "what is written from the right has its marks on the right, and names in it stay whole",
  async () => {
    await using person = await browser.newPerson({ viewport: { width: 900, height: 900 } });
    const { page } = person;
    await openList(page);
    for (const [text, fromRight] of [
      ["- أول\n- ثاني", true],
      ["1. أول\n2. ثاني", true],
      ["- one\n- two", false],
      ["hello\n\n- أول", true],
      ["مرحبا\n\n- one", false],
    ] as const) {
      await show(page, text);
      const { left, right } = await edges(page, ".text li");
      expect([text, fromRight ? right >= 24 : left >= 24, fromRight ? left : right]).toEqual([text, true, 0]);
    }
    for (const [text, bars] of [
      ["> اقتباس", [0, 3]],
      ["> quoted", [3, 0]],
      ["hello\n> اقتباس", [0, 3]],
    ] as const) {
      await show(page, text);
      expect([text, (await edges(page, "blockquote")).bars]).toEqual([text, [...bars]]);
    }
    for (const [text, signIsLeft] of [
      ["مرحبا **مهم** @bob 123", true],
      ["مرحبا @bob, @ليلى", true],
      ["مرحبا @ليلى 123", false],
      ["see @ليلى 123", false],
    ] as const) {
      await show(page, text);
      const { pieces, signIsLeft: found } = await edges(page, ".mention");
      expect([text, pieces, found]).toEqual([text, 1, signIsLeft]);
    }
  },
  testMs,
);
