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

/** Of what can be changed by somebody who says which version they saw. */
export function versionTag(version: string): string {
  return `"${version}"`;
}

/**
 * The versions in If-Match; undefined where any will do. A tag that a proxy made weak by compressing the answer counts as it was
 * given: it names what a message says, not bytes.
 */
export function versionsIn(ifMatch: string | undefined): readonly string[] | undefined {
  if (ifMatch === undefined || ifMatch.trim() === "*") return undefined;
  return ifMatch.split(",").map((tag) => opaque(tag).replace(/^"(.*)"$/, "$1"));
}

export function hasAlready(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.trim() === "*" || ifNoneMatch.split(",").some((tag) => opaque(tag) === opaque(etag));
}

function opaque(tag: string): string {
  return tag.trim().replace(/^W\//, "");
}
