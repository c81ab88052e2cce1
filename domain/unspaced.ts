/** Scripts written without spaces between words, or with endings joined to any word: sources of regular expressions' classes. */

/** Their letters. */
export const unspacedLetters =
  "\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}\\p{sc=Bopo}\\p{sc=Hang}\\p{sc=Thai}\\p{sc=Laoo}\\p{sc=Khmr}\\p{sc=Mymr}\\p{sc=Tibt}";

/** And the marks that are set in the width of their letters. */
export const unspaced = `${unspacedLetters}\\u3001-\\u303F\\u30FB\\u30FC\\uFE10-\\uFE1F\\uFE30-\\uFE4F\\uFF01-\\uFF65\\uFFE0-\\uFFEE`;
