/** Whether a person's clock counts to twelve: as their browser said in a cookie, else as their language does. */
import { LRUCache } from "lru-cache";

/** What is asked for comes from strangers: a tag is short, and so many are remembered. */
const languageTag = /^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3}(?=$|[,;])/;
const maxLanguages = 200;

const known = new LRUCache<string, { readonly hour12: boolean }>({ max: maxLanguages });

/** @param said what the page's code has found, "12" or "24" */
export function countsToTwelve(said: string | undefined, acceptLanguage: string | undefined): boolean {
  if (said === "12" || said === "24") return said === "12";
  const [tag] = languageTag.exec(acceptLanguage?.trim() ?? "") ?? [];
  if (tag === undefined) return false;
  const key = tag.toLowerCase();
  const found = known.get(key) ?? { hour12: asIn(key) };
  known.set(key, found);
  return found.hour12;
}

function asIn(tag: string): boolean {
  try {
    return new Intl.DateTimeFormat(tag, { hour: "numeric" }).resolvedOptions().hour12 === true;
  } catch {
    return false;
  }
}
