/** What a program sends to an incoming webhook, as Slack's take it, as one message of Markdown. What can't be shown is named, and not lost. */
import { maxTextBytes } from "./message.ts";
import { attachmentOn } from "./slack-attachment.ts";
import { blockOn } from "./slack-block.ts";
import { createPaper, type Json, listIn, textIn } from "./slack-paper.ts";
import { fromSlack } from "./slack-text.ts";

/** As many as Slack takes of each. */
export const maxBlocks = 50;
export const maxAttachments = 20;

/** @returns Markdown of at most maxTextBytes, cut with an ellipsis; empty when there is nothing to show */
export function messageFromSlack(payload: Json, maxBytes = maxTextBytes): string {
  const paper = createPaper(maxBytes);
  const blocks = listIn(payload.blocks);
  const text = textIn(payload.text);
  // Beside blocks, Slack shows the text in notices alone. It is shown unless the blocks say the same.
  if (blocks.length === 0 || !says(blocks, text)) {
    paper.add((room) => fromSlack(text, payload.mrkdwn === false ? "plain" : "mrkdwn", room));
  }
  for (const block of blocks.slice(0, maxBlocks)) blockOn(paper, block);
  const attachments = listIn(payload.attachments);
  for (const attachment of attachments.slice(0, maxAttachments)) attachmentOn(paper, attachment);
  if (blocks.length > maxBlocks || attachments.length > maxAttachments) paper.leaveOut();
  return paper.text();
}

/** Whether the blocks have all of the words of the text, in one of their texts. */
function says(blocks: readonly Json[], text: string): boolean {
  const wanted = words(text);
  return wanted === "" || words(JSON.stringify(blocks)).includes(wanted);
}

function words(text: string): string {
  return (
    text
      .replace(/\\[nrt]/g, " ")
      .match(/[\p{L}\p{N}]+/gu)
      ?.join(" ")
      .toLowerCase() ?? ""
  );
}
