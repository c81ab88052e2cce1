/**
 * What a request asks for. Bun hands on requests whose Host is missing, doubled or no host at all, and makes no address of them that can
 * be parsed: these are refused here, before anybody reads their address.
 */

/** Longest host name, and a port. */
const hostShape = /^(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

/** Nearly all who come through one door name the same: the last one that could be a host is not looked at again. */
let knownHost: string | undefined;

function isHost(host: string): boolean {
  if (host === knownHost) return true;
  if (!hostShape.test(host) || !URL.canParse(`http://${host}`)) return false;
  knownHost = host;
  return true;
}

/** The path that is asked for; undefined when the request is malformed. */
export function askedPath(request: Request): string | undefined {
  const host = request.headers.get("host") ?? "";
  if (!isHost(host)) return undefined;
  const origin = `http://${host}`;
  // As nearly all are: parsing an address takes longer than all else that is done here.
  if (request.url.startsWith(`${origin}/`)) return request.url.slice(origin.length).split(/[?#]/, 1)[0];
  const address = URL.parse(request.url);
  return address?.host === "" || !address?.pathname.startsWith("/") ? undefined : address.pathname;
}

/** The same request with an address that can be parsed, and without its body: for whoever refuses it. */
export function withoutHost(request: Request): Request {
  const path = /^(?:https?:\/\/[^/]*)?(\/[^?#]*)/.exec(request.url)?.[1] ?? "/";
  const address = URL.parse(`http://malformed.invalid${path}`) ?? "http://malformed.invalid/";
  const method = /^(?:HEAD|GET)$/.test(request.method) ? request.method : "POST";
  return new Request(address, { method });
}
