/** What Slack writes between angle brackets: links, people, rooms, everybody, times. As Markdown. */

/** @param inside what is between the brackets. @returns undefined for what is no reference: then the brackets are characters */
export function referenceOf(inside: string): string | undefined {
  const bar = inside.indexOf("|");
  const target = bar === -1 ? inside : inside.slice(0, bar);
  const label = bar === -1 ? "" : unescaped(inside.slice(bar + 1)).trim();
  if (/^(?:https?:\/\/|mailto:)\S+$/i.test(target)) return linkTo(unescaped(target), label);
  if (/^tel:\S+$/i.test(target)) return escaped(label || target.slice("tel:".length));
  // Everybody is nobody here, and people of Slack's are not those of this place: it reads as Slack shows it.
  if (/^[@#][A-Z0-9]+$/.test(target))
    return `${target[0] === "#" ? "\\#" : "@"}${escaped(label.replace(/^[@#]/, "") || target.slice(1))}`;
  if (!/^![\w^]/.test(target)) return undefined;
  const [command = "", id = "", , link] = target.slice(1).split("^");
  if (command === "date") return link === undefined ? escaped(label || id) : linkTo(unescaped(link), label || id);
  return `@${escaped(label.replace(/^@/, "") || (command === "subteam" ? id : command))}`;
}

/** @param label its text as it reads; the address if it is empty */
export function linkTo(address: string, label: string): string {
  if (!/^(?:https?:\/\/|mailto:)[^\s<>]+$/i.test(address)) return escaped(label || address);
  if (label.trim() === "") return `<${address}>`;
  // Parentheses would end the address, and brackets the label.
  const target = address.replaceAll("(", "%28").replaceAll(")", "%29").replaceAll("\\", "%5C");
  return `[${escaped(label.replace(/\s+/g, " "))}](${target})`;
}

/** A text of one line in which nothing is a mark. */
export function escaped(text: string): string {
  return text.replace(/[\\`*_~[\]<>|]|&(?=#?\w+;)|!(?=\[)/g, "\\$&");
}

const characters: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">" };

/** The three characters that Slack escapes, once. */
export function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt);/g, (_all, name: string) => characters[name] ?? "");
}
