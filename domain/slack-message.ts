/** What a program sends to an incoming webhook, as Slack's take it, as one message of Markdown. What can't be shown is named, and not lost. */
import { maxTextBytes } from "./message.ts";
import { plainText } from "./plain-text.ts";
import { attachmentOn } from "./slack-attachment.ts";
import { blockOn } from "./slack-block.ts";
import { createPaper, type Json, listIn, textIn } from "./slack-paper.ts";
import { fromSlack } from "./slack-text.ts";
import { trimmed } from "./trimmed.ts";

/** As many as Slack takes of each. */
export const maxBlocks = 50;
export const maxAttachments = 20;
const paragraphEnd = "¶";
const opening = new Set("\"'“”‘’([");
const closing = new Set("\"'“”‘’)].,:;!?…");

/** @returns Markdown of at most maxTextBytes, cut with an ellipsis; empty when there is nothing to show */
export function messageFromSlack(payload: Json, maxBytes = maxTextBytes): string {
  const blocks = listIn(payload.blocks);
  const attachments = listIn(payload.attachments);
  const text = fromSlack(textIn(payload.text), payload.mrkdwn === false ? "plain" : "mrkdwn", maxBytes);
  const blocksBelow = (first: string) => {
    const paper = createPaper(maxBytes);
    paper.add(() => first);
    for (const block of blocks.slice(0, maxBlocks)) blockOn(paper, block);
    return paper;
  };
  // Beside blocks, Slack shows the text in notices alone. It is shown unless the blocks say the same.
  const alone = blocks.length === 0 ? undefined : blocksBelow("");
  const paper = alone && saysSame(alone.text(), text) ? alone : blocksBelow(text);
  for (const attachment of attachments.slice(0, maxAttachments)) attachmentOn(paper, attachment);
  if (blocks.length > maxBlocks || attachments.length > maxAttachments) paper.leaveOut();
  return paper.text();
}

/** Whether a reader of the blocks has read all words of the text, one after the other, and has its links: what they show counts, not how it was sent. */
function saysSame(shown: string, text: string): boolean {
  if (text.trim() === "") return true;
  const links = text.match(/\]\([^()]+\)/g) ?? [];
  return words(shown).includes(words(text)) && links.every((link) => shown.includes(link));
}

/** In lower case, each between spaces, without the marks and punctuation around them; the end of a paragraph is a word of its own. */
function words(markdown: string): string {
  const found = plainText(markdown.replace(/\n\n+/g, `\n\n${paragraphEnd}\n\n`))
    .toLowerCase()
    .split(/\s+/)
    // A word that is nothing else stays as it is.
    .map((word) => trimmed(word, opening, closing) || word);
  return ` ${found.filter(Boolean).join(" ")} `;
}
