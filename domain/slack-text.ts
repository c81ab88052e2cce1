/** What programs write for Slack, as Markdown: its links, and the three characters that it escapes. All else stays as it is. */

const link = /<((?:https?:\/\/|mailto:)[^\s<>|]+)(?:\|([^<>\n]*))?>/g;
const escaped = /&(amp|lt|gt);/g;
const characters: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">" };

export function fromSlack(text: string): string {
  const linked = text.replace(link, (_all, url: string, label?: string) => {
    if (label === undefined || label.trim() === "") return `<${url}>`;
    // Parentheses would end the address, and brackets the label.
    const address = url.replaceAll("(", "%28").replaceAll(")", "%29");
    return `[${label.replace(/[\\[\]]/g, "\\$&")}](${address})`;
  });
  return linked.replace(escaped, (_all, name: string) => characters[name] ?? "");
}
