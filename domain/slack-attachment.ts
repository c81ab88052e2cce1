/** One of Slack's attachments: what monitors and build servers send. Its colour, which says how bad it is, becomes a disc in front. */
import { blockOn, buttonsIn } from "./slack-block.ts";
import { type Json, linesWithin, listIn, type Paper, textIn } from "./slack-paper.ts";
import { linkTo } from "./slack-reference.ts";
import { fromSlack, lineFromSlack, type SlackStyle } from "./slack-text.ts";

export const maxAttachmentFields = 50;
const maxAttachmentBlocks = 50;
/** Of a title, a name, a footer. */
const maxLineBytes = 1_024;

export function attachmentOn(paper: Paper, attachment: Json): void {
  const styleOf = (part: string): SlackStyle =>
    Array.isArray(attachment.mrkdwn_in) && !attachment.mrkdwn_in.includes(part) ? "plain" : "mrkdwn";
  const mark = discOf(textIn(attachment.color));
  let shown = false;
  const add = (text: (room: number) => string) =>
    paper.add((room) => {
      const own = text(room - (shown ? 0 : mark.length * 3));
      if (own.trim() === "") return "";
      const front = shown || mark === "" ? "" : `${mark}${/^(?:```|> |- |\n)/.test(own) ? "\n" : " "}`;
      shown = true;
      return front + own;
    });

  add((room) => fromSlack(textIn(attachment.pretext), styleOf("pretext"), room));
  add(() => line(attachment.author_name, attachment.author_link));
  add(() => bold(line(attachment.title, attachment.title_link)));
  add((room) => fromSlack(textIn(attachment.text), styleOf("text"), room));
  const fields = listIn(attachment.fields);
  const kept = fields.slice(0, maxAttachmentFields);
  add((room) => linesWithin(room, kept, (field, left) => fieldOf(field, styleOf("fields"), left)));
  for (const key of ["image_url", "thumb_url"]) {
    const address = textIn(attachment[key]);
    if (address !== "") add(() => linkTo(address, "Image"));
  }
  const blocks = listIn(attachment.blocks);
  for (const block of blocks.slice(0, maxAttachmentBlocks)) blockOn({ ...paper, add }, block);
  add(() => buttonsIn(attachment.actions));
  add(() => [line(attachment.footer, undefined), timeOf(attachment.ts)].filter(Boolean).join(" · "));
  // It is for where the rest can't be shown.
  if (!shown) add((room) => fromSlack(textIn(attachment.fallback), styleOf("fallback"), room));
  if (fields.length > maxAttachmentFields || blocks.length > maxAttachmentBlocks) paper.leaveOut();
}

function line(text: unknown, address: unknown): string {
  const label = textIn(text).slice(0, maxLineBytes);
  if (label.trim() === "") return "";
  const target = textIn(address);
  return target === "" ? lineFromSlack(label, "plain", maxLineBytes) : linkTo(target, label.trim());
}

function bold(text: string): string {
  return text === "" ? "" : `**${text.replace(/(?<!\\)\*\*/g, "")}**`;
}

function fieldOf({ title, value }: Json, style: SlackStyle, room: number): string {
  const name = bold(lineFromSlack(textIn(title).slice(0, maxLineBytes), "plain", maxLineBytes));
  const text = fromSlack(textIn(value), style, room - name.length * 3 - 2).replace(/^\n/, "");
  if (name === "" || text === "") return name + text;
  return `${name}${/\n|^(?:>|```)/.test(text) ? "\n" : " "}${text}`;
}

/** Seconds since 1970. */
function timeOf(ts: unknown): string {
  const at = new Date(Number(textIn(ts) || Number.NaN) * 1_000);
  return Number.isNaN(at.getTime()) ? "" : `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

const named = new Map([
  ["good", "🟢"],
  ["warning", "🟡"],
  ["danger", "🔴"],
]);
/** Hues in degrees, up to which a colour is called so. */
const hues = [
  [15, "🔴"],
  [42, "🟠"],
  [70, "🟡"],
  [170, "🟢"],
  [260, "🔵"],
  [320, "🟣"],
  [360, "🔴"],
] as const;

/** The disc that is nearest to a colour, read out by its name; empty for a grey, which says nothing. */
function discOf(color: string): string {
  const known = named.get(color);
  const hex = /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color);
  if (known !== undefined || hex === null) return known ?? "";
  const [r = 0, g = 0, b = 0] = hex.slice(1).map((part) => Number.parseInt(part, 16));
  const most = Math.max(r, g, b);
  const span = most - Math.min(r, g, b);
  if (span < 32) return "";
  const sector = most === r ? (g - b) / span : most === g ? 2 + (b - r) / span : 4 + (r - g) / span;
  const hue = (sector * 60 + 360) % 360;
  return hues.find(([upTo]) => hue <= upTo)?.[1] ?? "";
}
