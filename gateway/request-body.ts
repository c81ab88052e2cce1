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
  const length = request.headers.get("content-length");
  if (Number(length ?? 0) > maxBodyBytes) throw tooLarge();
  // Of a told length no more is read than that: all at once costs a fraction of reading it as a stream.
  const whole = length !== null && !request.headers.has("transfer-encoding");
  const bytes = await unlessBrokenOff(whole ? request.bytes() : readStream(request.body));
  if (bytes.byteLength > maxBodyBytes) throw tooLarge();
  try {
    return utf8.decode(bytes);
  } catch {
    throw new HttpProblem("malformed", "The body is not valid UTF-8.");
  }
}

/** Who closes the connection while sending has no answer to read, and it is no mistake of ours. */
async function unlessBrokenOff<T>(read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "AbortError") throw error;
    throw new HttpProblem("malformed", "The request broke off before its end.");
  }
}

/** The length is untold: what counts is what arrives. */
async function readStream(body: Request["body"]): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > maxBodyBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
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
