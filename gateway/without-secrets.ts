/**
 * Takes secrets out of what is about to be written down. The last wall: nothing hands a secret to a log on purpose, but errors
 * quote what they could not understand, such as an address with a password in it or a webhook's whole URL.
 */

const hidden = "[secret]";

/** In the order in which they are tried. Lengths are bounded where a part may start anywhere, so that no line takes long. */
const shapes: readonly (readonly [shape: RegExp, shown: string])[] = [
  // Tokens of programs, webhooks that come in, and keys that sign webhooks, also where an address writes "_" as %5F.
  [/superchat(?:_|%5F)(?:hook(?:_|%5F))?[A-Za-z0-9_%-]{20,}/gi, hidden],
  [/whsec_[A-Za-z0-9+/=_-]{16,}/g, hidden],
  // Access tokens and other JWTs; then refresh tokens and the marks of known browsers, which end in a MAC.
  [/\beyJ[\w-]{6,1000}\.[\w-]{6,4000}\.[\w-]{6,}/g, hidden],
  [/(\b[\w-]{16,36}\.\d{1,9}\.)[\w-]{43}(?![\w-])/g, `$1${hidden}`],
  [/\b((?:bearer|basic)\s+)[\w.~+/-]{8,}=*/gi, `$1${hidden}`],
  // postgres://user:password@host
  [/(\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^/\s"'\\@]*(?:@[^/\s"'\\@]*)*@/gi, `$1${hidden}@`],
  // What follows the name of a thing that is secret, as in a query or a setting.
  [/\b((?:access_|refresh_)?token|password|passwd|secret|api_?key)(=|%3D)[^&\s"'\\]+/gi, `$1$2${hidden}`],
];

export function withoutSecrets(text: string): string {
  let shown = text;
  for (const [shape, instead] of shapes) shown = shown.replace(shape, instead);
  return shown;
}
