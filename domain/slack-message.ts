/** What a program sends to an incoming webhook, as Slack's take it, as one message of Markdown. What can't be shown is named, and not lost. */
import { maxTextBytes } from "./message.ts";
import { plainText } from "./plain-text.ts";
import { attachmentOn } from "./slack-attachment.ts";
import { blockOn } from "./slack-block.ts";
import { createPaper, type Json, listIn, type Paper, textIn } from "./slack-paper.ts";
import { fromSlack } from "./slack-text.ts";

/** As many as Slack takes of each. */
export const maxBlocks = 50;
export const maxAttachments = 20;
const paragraphEnd = "¶";

/** @returns Markdown of at most maxTextBytes, cut with an ellipsis; empty when there is nothing to show */
export function messageFromSlack(payload: Json, maxBytes = maxTextBytes): string {
  const paper = createPaper(maxBytes);
  const blocks = listIn(payload.blocks);
  const attachments = listIn(payload.attachments);
  const writeText = (room: number) =>
    fromSlack(textIn(payload.text), payload.mrkdwn === false ? "plain" : "mrkdwn", room);
  const writeBlocks = (on: Paper) => {
    for (const block of blocks.slice(0, maxBlocks)) blockOn(on, block);
  };
  // Beside blocks, Slack shows the text in notices alone. It is shown unless the blocks say the same.
  if (blocks.length === 0 || !saysSame(maxBytes, writeBlocks, writeText)) paper.add(writeText);
  writeBlocks(paper);
  for (const attachment of attachments.slice(0, maxAttachments)) attachmentOn(paper, attachment);
  if (blocks.length > maxBlocks || attachments.length > maxAttachments) paper.leaveOut();
  return paper.text();
}

/** Whether a reader of the blocks has read all words of the text, one after the other, and has its links: what they show counts, not how it was sent. */
function saysSame(maxBytes: number, writeBlocks: (paper: Paper) => void, writeText: (room: number) => string): boolean {
  const text = writeText(maxBytes);
  if (text.trim() === "") return true;
  const paper = createPaper(maxBytes);
  writeBlocks(paper);
  const shown = paper.text();
  const links = text.match(/\]\([^()]+\)/g) ?? [];
  return words(shown).includes(words(text)) && links.every((link) => shown.includes(link));
}

/** In lower case, each between spaces, without the marks and punctuation around them; the end of a paragraph is a word of its own. */
function words(markdown: string): string {
  const found = plainText(markdown.replace(/\n\n+/g, `\n\n${paragraphEnd}\n\n`))
    .toLowerCase()
    .split(/\s+/)
    .map(bare);
  return ` ${found.filter(Boolean).join(" ")} `;
}

const opening = new Set("\"'“”‘’([");
const closing = new Set("\"'“”‘’)].,:;!?…");

/** The word as it is where it is nothing else. */
function bare(word: string): string {
  let [from, to] = [0, word.length];
  while (opening.has(word[from] ?? "")) from++;
  while (to > from && closing.has(word[to - 1] ?? "")) to--;
  return word.slice(from, to) || word;
}
