/** What is wrong with a request as HTTP rather than with what it says: method, media type, shape of the body. */

export type HttpProblemCode =
  | "malformed"
  | "method-not-allowed"
  | "not-acceptable"
  | "unsupported-media-type"
  | "cross-origin";

export const statuses = {
  malformed: 400,
  "cross-origin": 403,
  "method-not-allowed": 405,
  "not-acceptable": 406,
  "unsupported-media-type": 415,
} as const satisfies Record<HttpProblemCode, number>;

export class HttpProblem extends Error {
  override readonly name = "HttpProblem";
  readonly status: (typeof statuses)[HttpProblemCode];
  constructor(
    readonly code: HttpProblemCode,
    sentence: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(sentence);
    this.status = statuses[code];
  }
}
