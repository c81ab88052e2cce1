/** Scripts written without spaces between words, or with endings joined to any word: sources of regular expressions' classes. */

const scripts = ["Hani", "Hira", "Kana", "Bopo", "Hang", "Thai", "Laoo", "Khmr", "Mymr", "Tibt", "Yiii"];

/** Their letters. */
export const unspacedLetters = scripts.map((script) => `\\p{sc=${script}}`).join("");

/** And what they share with other scripts. */
export const unspacedAndShared = scripts.map((script) => `\\p{scx=${script}}`).join("");

/** Their letters, and the marks that are set in the width of them. */
export const unspaced = `${unspacedLetters}\\u3001-\\u303F\\u30FB\\u30FC\\uFE10-\\uFE1F\\uFE30-\\uFE4F\\uFF01-\\uFF65\\uFFE0-\\uFFEE`;
