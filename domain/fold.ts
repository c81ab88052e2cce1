/** The form in which names are searched: who looks for "cafe" or "strasse" finds Café and Straße. Never one that decides who somebody is. */

/** Letters that Unicode does not take apart, as people write them without the right keyboard. */
const written: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ ß: "ss", æ: "ae", œ: "oe", ø: "o", đ: "d", ð: "d", þ: "th", ł: "l", ħ: "h", ŧ: "t", ŋ: "n", ı: "i", ȷ: "j" },
    ...{ ς: "σ", ك: "ک", ي: "ی", ى: "ی" },
  }),
);
const lettersWritten = new RegExp(`[${[...written.keys()].join("")}]`, "gu");
/** In these scripts a letter without its marks is what people look for; in others, such as Devanagari or Kana, it is another letter. */
const optionalMarks = /(?<=[\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Arabic}\p{sc=Hebrew}])\p{M}+/gu;
const unseen = /\p{Default_Ignorable_Code_Point}/gu;

/** Without case, width, marks of letters, and what can't be seen. Folding twice is folding once. */
export function folded(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .normalize("NFKD")
    .replaceAll(unseen, "")
    .replaceAll(optionalMarks, "")
    .replaceAll(lettersWritten, (letter) => written.get(letter) ?? letter)
    .normalize("NFC");
}

/** Characters of a search that count, in UTF-16 code units; more than any name needs. */
export const maxSearchLength = 200;

/** What a search looks for among names that are folded. */
export function searchForm(search: string): string {
  return folded(search.slice(0, maxSearchLength));
}
