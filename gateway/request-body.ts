/** Reads a request's body within its limits: size first, then UTF-8, then its shape. */
import { ChatError } from "#domain/errors.ts";
import { HttpProblem } from "./http-problem.ts";

/** Largest body of a request, in bytes. */
export const maxBodyBytes = 64 * 1024;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** @throws HttpProblem unsupported-media-type, malformed; ChatError too-large */
export async function readJson(request: Request): Promise<unknown> {
  expectType(request, "application/json");
  const text = await readText(request);
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpProblem("malformed", "The body is not valid JSON.");
  }
}

/** The fields of a form, the first of each name. Line ends become "\n", as people typed them. */
export async function readForm(request: Request): Promise<ReadonlyMap<string, string>> {
  expectType(request, "application/x-www-form-urlencoded");
  const text = await readText(request);
  const fields = new Map<string, string>();
  for (const pair of text.split("&")) {
    const [name = "", value = ""] = pair.split(/=(.*)/s, 2).map(decodeField);
    if (name !== "" && !fields.has(name)) fields.set(name, value.replaceAll("\r\n", "\n"));
  }
  return fields;
}

async function readText(request: Request): Promise<string> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > maxBodyBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  // The length may be untold or untrue: what counts is what arrives.
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBodyBytes) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return utf8.decode(Buffer.concat(chunks));
  } catch {
    throw new HttpProblem("malformed", "The body is not valid UTF-8.");
  }
}

/** Unlike URLSearchParams, refuses bytes that are not UTF-8 instead of replacing them. */
function decodeField(raw: string): string {
  try {
    return decodeURIComponent(raw.replaceAll("+", " "));
  } catch {
    throw new HttpProblem("malformed", "The form is not valid UTF-8.");
  }
}

function expectType(request: Request, type: string): void {
  const given = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (given !== type) throw new HttpProblem("unsupported-media-type", `Send the body as ${type}.`, { Accept: type });
}

function tooLarge(): ChatError {
  return new ChatError("too-large", `A request's body has at most ${maxBodyBytes} bytes.`);
}
