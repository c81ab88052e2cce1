/** Joiners that a script needs to be written right (after Unicode UAX 31 and RFC 5892, Appendix A). Elsewhere they only hide. */

/** Scripts whose letters join: a non-joiner keeps the parts of a word apart. */
const joining = String.raw`[\p{sc=Arabic}\p{sc=Syriac}\p{sc=Nko}\p{sc=Mandaic}\p{sc=Mongolian}\p{sc=Adlam}\p{sc=Rohg}]`;
/** Signs that take a letter's vowel away (Canonical_Combining_Class 9), in scripts of today. */
const virama =
  "[\u094D\u09CD\u0A4D\u0ACD\u0B4D\u0BCD\u0C4D\u0CCD\u0D3B\u0D3C\u0D4D\u0DCA\u0F84\u1039\u103A\u17D2\u1A60\u1B44\u1BAA\u1BAB\uA806\uA8C4\uA953\uA9C0\uAAF6\uABED\u{11046}\u{110B9}\u{11133}\u{111C0}\u{11235}\u{112EA}\u{1134D}\u{11442}\u{114C2}\u{115BF}\u{1163F}\u{116B6}\u{11839}]";
const letterBefore = String.raw`(?<=(?=${joining})\p{L}\p{M}{0,3})`;

const needed = new RegExp(
  [
    // Persian می‌خواهم; not at the end of a word.
    String.raw`${letterBefore}\u200C(?=(?=${joining})\p{L})`,
    // A letter in its joined form that stands alone, as in ه‍.
    String.raw`${letterBefore}\u200D(?!\p{L})`,
    // Sinhala ශ්‍රී, Malayalam, Marathi, Kannada: which form a conjunct takes.
    String.raw`(?<=\p{L}\p{M}{0,3}${virama})[\u200C\u200D]`,
    // Bengali র‍্য: the letter keeps its own form before the sign.
    String.raw`(?<=\p{L}\p{M}{0,3})\u200D(?=${virama}\p{L})`,
  ].join("|"),
  "gu",
);

export function withoutJoiners(text: string): string {
  return text.replaceAll(needed, "");
}
