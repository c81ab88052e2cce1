/** Lets a text end outside of its code blocks, so that what is added to it is not shown as code. */

const fence = /^( *)(`{3,}|~{3,})(.*)$/;
const listItem = /^( *)(?:[-*+]|\d{1,9}[.)]) +/;

/** The text, with the fence added that it lacks. A fence inside a list item ends with the item, and needs none. */
export function closeCode(text: string): string {
  let open: { readonly mark: string; readonly indent: number } | undefined;
  /** Where the content of the list item begins that a line belongs to. */
  let content = 0;
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const indent = line.search(/[^ ]/);
    if (open !== undefined && indent < open.indent) open = undefined;
    if (open !== undefined) {
      if (closes(line, open.mark)) open = undefined;
      continue;
    }
    const item = listItem.exec(line);
    if (item !== null) content = item[0].length;
    else if (indent < content) content = 0;
    const [, , mark = "", info = ""] = fence.exec(item === null ? line : line.slice(item[0].length)) ?? [];
    const isFence = mark !== "" && (indent - content < 4 || item !== null) && !(mark[0] === "`" && info.includes("`"));
    if (isFence) open = { mark, indent: content };
  }
  return open === undefined || open.indent > 0 ? text : `${text}\n${open.mark}`;
}

function closes(line: string, mark: string): boolean {
  const end = line.trim();
  return end.length >= mark.length && end === end.charAt(0).repeat(end.length) && end[0] === mark[0];
}
