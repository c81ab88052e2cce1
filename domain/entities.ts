/**
 * The character references of HTML that chat's Markdown decodes: numbers, what Markdown itself needs, and those that show
 * nothing. All other names (`&copy;`) stay as typed: see docs/markdown.md.
 */

const names: Readonly<Record<string, string>> = {
  ...{ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" },
  ...{ nbsp: "\u00A0", NonBreakingSpace: "\u00A0", Tab: "\t", NewLine: "\n" },
  ...{ ensp: "\u2002", emsp: "\u2003", emsp13: "\u2004", emsp14: "\u2005", numsp: "\u2007", puncsp: "\u2008" },
  ...{ thinsp: "\u2009", ThinSpace: "\u2009", hairsp: "\u200A", VeryThinSpace: "\u200A" },
  ...{ MediumSpace: "\u205F", ThickSpace: "\u205F\u200A", ZeroWidthSpace: "\u200B" },
  ...{ NegativeVeryThinSpace: "\u200B", NegativeThinSpace: "\u200B" },
  ...{ NegativeMediumSpace: "\u200B", NegativeThickSpace: "\u200B" },
  ...{ zwnj: "\u200C", zwj: "\u200D", lrm: "\u200E", rlm: "\u200F", shy: "\u00AD", NoBreak: "\u2060" },
  ...{ af: "\u2061", ApplyFunction: "\u2061", it: "\u2062", InvisibleTimes: "\u2062" },
  ...{ ic: "\u2063", InvisibleComma: "\u2063" },
};

const decodable = new Map(Object.entries(names));
const references = /&(?:#(?:[xX]([\da-fA-F]{1,6})|(\d{1,7}))|([A-Za-z][A-Za-z\d]{1,24}));/g;
const referenceHere = new RegExp(references.source, "y");

export function decodeEntities(text: string): string {
  return text.includes("&") ? text.replace(references, decoded) : text;
}

/** @returns what the reference that begins there stands for, and where it ends. */
export function entityAt(text: string, at: number): { readonly character: string; readonly end: number } | undefined {
  referenceHere.lastIndex = at;
  const match = referenceHere.exec(text);
  if (match === null) return undefined;
  const character = decoded(match[0], match[1], match[2], match[3]);
  return character === match[0] ? undefined : { character, end: referenceHere.lastIndex };
}

function decoded(written: string, hex?: string, decimal?: string, name?: string): string {
  if (name !== undefined) return decodable.get(name) ?? written;
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return isCharacter(code) ? String.fromCodePoint(code) : "\uFFFD";
}

/** No control, no half of a pair, no noncharacter. */
function isCharacter(code: number): boolean {
  if (code > 0x10_ff_ff || (code >= 0xd8_00 && code <= 0xdf_ff)) return false;
  if ((code & 0xff_fe) === 0xff_fe || (code >= 0xfd_d0 && code <= 0xfd_ef)) return false;
  return code === 9 || code === 10 || code === 13 || (code >= 32 && !(code >= 127 && code < 160));
}
