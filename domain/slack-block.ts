/** One of Slack's blocks (https://api.slack.com/reference/block-kit/blocks). What can only be pressed is shown by its words. */
import { type Json, linesWithin, listIn, objectIn, type Paper, textIn } from "./slack-paper.ts";
import { linkTo } from "./slack-reference.ts";
import { richTextOf } from "./slack-rich-text.ts";
import { fromSlack, lineFromSlack, type SlackStyle, written } from "./slack-text.ts";

export const maxElements = 50;
/** Of a heading, a label, the text that stands for an image. */
const maxLineBytes = 3_000;

export function blockOn(paper: Pick<Paper, "add" | "leaveOut">, block: Json): void {
  const type = textIn(block.type);
  const write = Object.hasOwn(writers, type) ? writers[type] : undefined;
  (write ?? unknown)(paper, block);
}

type Writer = (paper: Pick<Paper, "add" | "leaveOut">, block: Json) => void;

const writers: Readonly<Record<string, Writer>> = {
  section(paper, block) {
    paper.add((room) => textObject(block.text, room));
    const fields = upToMax(paper, listIn(block.fields));
    paper.add((room) => linesWithin(room, fields, textObject));
    paper.add(() => elementOf(objectIn(block.accessory)));
  },
  header: (paper, block) =>
    paper.add(() => {
      const text = lineFromSlack(textIn(objectIn(block.text).text).slice(0, maxLineBytes), "plain", maxLineBytes);
      return text === "" ? "" : `**${text}**`;
    }),
  context: (paper, block) => {
    const elements = upToMax(paper, listIn(block.elements));
    paper.add((room) =>
      elements
        .map((each) => elementOf(each, Math.floor(room / elements.length) - 1))
        .filter(Boolean)
        .join(" "),
    );
  },
  divider: (paper) => paper.add(() => "---"),
  image: (paper, block) => paper.add(() => imageOf(block)),
  video: (paper, block) =>
    paper.add(() =>
      linkTo(textIn(block.title_url) || textIn(block.video_url), lineOf(block.title) || lineOf(block.alt_text)),
    ),
  actions: (paper, block) => paper.add(() => buttonsIn(block.elements)),
  input: (paper, block) => paper.add(() => lineOf(block.label)),
  rich_text: (paper, block) => {
    for (const part of upToMax(paper, listIn(block.elements))) paper.add((room) => richTextOf(part, room));
  },
  // Slack's own way to send Markdown as it is. It is cut as a text is: what doesn't fit is left out.
  markdown: (paper, block) =>
    paper.add((room) => written([{ text: textIn(block.text), kind: "other", cuttable: true }], room)),
};

/** Slack has new ones now and then: their words are shown, if they have any where others do. */
const unknown: Writer = (paper, block) =>
  paper.add(
    (room) =>
      textObject(block.text, room) ||
      textObject(block.title, room) ||
      `(${lineFromSlack(`A block of the kind ${textIn(block.type).slice(0, 40) || "?"} that can't be shown here`, "plain", 200)}.)`,
  );

function upToMax<T>(paper: Pick<Paper, "leaveOut">, items: readonly T[]): readonly T[] {
  if (items.length > maxElements) paper.leaveOut();
  return items.slice(0, maxElements);
}

function textObject(value: unknown, room: number): string {
  const { type, text } = objectIn(value);
  const style: SlackStyle = type === "plain_text" ? "plain" : "mrkdwn";
  return fromSlack(typeof value === "string" ? value : textIn(text), style, room);
}

/** The words of a text object, as they are. */
function lineOf(value: unknown): string {
  return (typeof value === "string" ? value : textIn(objectIn(value).text)).slice(0, maxLineBytes).trim();
}

function elementOf(element: Json, room = maxLineBytes): string {
  const type = textIn(element.type);
  if (type === "image") return imageOf(element);
  if (type === "mrkdwn" || type === "plain_text") return textObject(element, room);
  const label = lineOf(element.text) || lineOf(element.placeholder);
  const address = textIn(element.url);
  if (address !== "") return linkTo(address, label);
  return lineFromSlack(label, "plain", maxLineBytes);
}

function imageOf(image: Json): string {
  const label = lineOf(image.title) || lineOf(image.alt_text) || "Image";
  const address = textIn(image.image_url) || textIn(objectIn(image.slack_file).url);
  return address === "" ? lineFromSlack(label, "plain", maxLineBytes) : linkTo(address, label);
}

/** Buttons that lead somewhere are links, others their words. */
export function buttonsIn(elements: unknown): string {
  return listIn(elements)
    .slice(0, maxElements)
    .map((each) => elementOf(each))
    .filter(Boolean)
    .join(" · ");
}
