/** What a request says of representations: which it takes, and which it has already. */
import { HttpProblem } from "../http-problem.ts";

const jsonTypes = ["application/json", "application/problem+json", "application/*", "*/*"];

/** No Accept takes everything; a type at q=0 is one that is not taken. @throws HttpProblem not-acceptable */
export function checkAcceptable(accept: string | undefined): void {
  if (accept === undefined || accept.trim() === "") return;
  const takes = accept.split(",").some((range) => {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    return jsonTypes.includes(type) && !parameters.some((parameter) => /^q=0(\.0{0,3})?$/.test(parameter));
  });
  if (!takes) throw new HttpProblem("not-acceptable", "Answers here are application/json: accept that, or anything.");
}

/** Weak: a proxy that compresses changes the bytes, not what they say. */
export function etagOf(text: string): string {
  return `W/"${Bun.hash(text).toString(36)}"`;
}

export function hasAlready(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const opaque = (tag: string) => tag.trim().replace(/^W\//, "");
  return ifNoneMatch.trim() === "*" || ifNoneMatch.split(",").some((tag) => opaque(tag) === opaque(etag));
}
