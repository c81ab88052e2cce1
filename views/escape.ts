/** Makes text safe inside HTML text and quoted attributes, for the few places that build strings instead of JSX. */

const special = /[&<>"']/;
const everySpecial = /[&<>"']/g;
const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function escapeHtml(text: string): string {
  return special.test(text) ? text.replace(everySpecial, (character) => entities[character] ?? "") : text;
}

const bracket = /[&<>]/;
const everyBracket = /[&<>]/g;

/** For text between tags, where quotes end nothing: a third of the bytes for code and talk. */
export function escapeWords(text: string): string {
  return bracket.test(text) ? text.replace(everyBracket, (character) => entities[character] ?? "") : text;
}
