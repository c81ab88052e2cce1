/**
 * Posts webhooks with node's own client: its `lookup` decides which address the connection goes to, so the address that was
 * checked is the one that is connected to, while TLS still asks for the name. Follows nothing, reads nothing.
 */
import { lookup as resolve } from "node:dns/promises";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { ChatError } from "#domain/errors.ts";
import { type Receipt, type Webhook, type WebhookSender, webhookTimeoutMs } from "#domain/ports/webhook-sender.ts";
import type { AddressRules } from "./address-rules.ts";
import { retryAfterOf } from "./retry-after.ts";

/** Of the status and the headers of one answer, an interim one (1xx) included. */
export const maxHeadBytes = 16 * 1024;
/** Interim answers before the real one. */
export const maxInterimAnswers = 10;
/** All that is read of a receiver, interim answers included. */
export const maxAnswerBytes = 256 * 1024;
/** Names that are being looked up. A look-up can't be taken back, so those of slow name servers outlive their deliveries. */
export const maxLookups = 64;

export interface HttpWebhookOptions {
  readonly rules: AddressRules;
  readonly timeoutMs?: number;
  /** All addresses of a name. Default: what this machine resolves. */
  readonly addressesOf?: (name: string) => Promise<readonly string[]>;
}

/** The address leads where nothing may be sent. */
class AddressRefused extends Error {
  override readonly name = "AddressRefused";
}

/** Nothing is known of it, or nothing came from there in time. */
class Unreached extends Error {
  override readonly name = "Unreached";
}

export function createHttpWebhookSender({
  rules,
  timeoutMs = webhookTimeoutMs,
  addressesOf = systemAddressesOf,
}: HttpWebhookOptions): WebhookSender {
  const lookUp = sparingly(addressesOf);

  /** @returns an address that may be connected to. @throws AddressRefused, Unreached with a sentence */
  async function checkedAddress(host: string): Promise<string> {
    const literal = isIP(host) !== 0;
    const addresses = literal ? [host] : await lookUp(host);
    const [address] = addresses;
    if (address === undefined) throw new Unreached(`There is no machine by the name of ${host}.`);
    // All of them: a name that stands for a private one too would lead there sooner or later.
    if (addresses.every((each) => rules.allows(host, each))) return address;
    throw new AddressRefused(
      `${host} is not on the internet but on a private network, where nothing is sent unless the operator allows it.`,
    );
  }

  return {
    async check(url) {
      try {
        await within(timeoutMs, checkedAddress(hostOf(url)), tookTooLong);
      } catch (error) {
        // Names that this process can't look up may be known to the one that sends, which is in another network.
        if (error instanceof AddressRefused)
          throw new ChatError("invalid", error.message, { field: "url", cause: error });
        if (!(error instanceof Unreached)) throw error;
      }
    },

    async send({ url, headers, body }) {
      const ending = new AbortController();
      const work = async () => {
        // An address in figures is looked up by nobody, so it is checked before.
        const address = await checkedAddress(hostOf(url));
        ending.signal.throwIfAborted();
        return await post({ url, headers, body }, address, ending.signal);
      };
      try {
        return await within(timeoutMs, work(), tookTooLong);
      } catch (error) {
        return { type: "unanswered", reason: reasonOf(error) };
      } finally {
        ending.abort();
      }
    },
  };
}

function post({ url, headers, body }: Webhook, address: string, signal: AbortSignal): Promise<Receipt> {
  const { protocol, hostname, port, pathname, search, host } = new URL(url);
  const family = isIP(address);
  const lookup: LookupFunction = (_name, options, done) =>
    options.all ? done(null, [{ address, family }]) : done(null, address, family);
  const { promise, resolve: receive, reject } = Promise.withResolvers<Receipt>();
  const content = Buffer.from(body, "utf8");
  const options = {
    method: "POST",
    hostname: hostname.replace(/^\[|\]$/g, ""),
    ...(port === "" ? {} : { port: Number(port) }),
    path: `${pathname}${search}`,
    headers: { ...headers, Host: host, "Content-Length": content.byteLength },
    lookup,
    // A connection of its own each time: a kept one may be to what the name stood for before.
    agent: false,
    signal,
    maxHeaderSize: maxHeadBytes,
  };
  const answered = (answer: IncomingMessage) => {
    const retryAfterMs = retryAfterOf(answer.headers["retry-after"], Date.now());
    receive({
      type: "answered",
      status: answer.statusCode ?? 0,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
    answer.on("error", () => undefined);
    answer.destroy();
  };
  const request = protocol === "https:" ? httpsRequest(options, answered) : httpRequest(options, answered);
  const giveUp = (reason: string) => {
    reject(new Unreached(reason));
    request.destroy();
  };
  let interim = 0;
  request.on("information", () => {
    if (++interim > maxInterimAnswers) giveUp("It answered 1xx again and again.");
  });
  // The parser passes over what is neither an answer nor an error, such as blank lines.
  let bytes = 0;
  request.on("socket", (socket) => {
    socket.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxAnswerBytes) giveUp("It sent much, and no answer.");
    });
  });
  request.on("upgrade", (answer, socket) => {
    socket.destroy();
    receive({ type: "answered", status: answer.statusCode ?? 0 });
  });
  request.on("error", reject);
  request.end(content);
  return promise;
}

async function within<T>(ms: number, work: Promise<T>, late: () => Error): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(late()), ms);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, "");
}

async function systemAddressesOf(name: string): Promise<readonly string[]> {
  return (await resolve(name, { all: true })).map(({ address }) => address);
}

/** One look-up at a time for each name, whoever waits for it, and so many in all. */
function sparingly(addressesOf: (name: string) => Promise<readonly string[]>): typeof addressesOf {
  const underWay = new Map<string, Promise<readonly string[]>>();
  return async (name) => {
    const known = underWay.get(name);
    if (known !== undefined) return await known;
    if (underWay.size >= maxLookups) throw new Unreached("Too many names are being looked up; it is tried again.");
    const asked = addressesOf(name)
      .catch(() => [])
      .finally(() => underWay.delete(name));
    underWay.set(name, asked);
    return await asked;
  };
}

function tookTooLong(): Error {
  return new Unreached("It did not answer in time.");
}

/** A sentence. */
function reasonOf(error: unknown): string {
  if (error instanceof AddressRefused || error instanceof Unreached) return error.message;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (/CERT|TLS|SSL|SELF_SIGNED|ALTNAME/.test(code)) return `Its certificate is not good (${code}).`;
  if (code === "HPE_HEADER_OVERFLOW") return "Its answer had more headers than are read.";
  if (code === "ECONNREFUSED") return "Nobody listens at that address.";
  return `The connection broke${code === "" ? "" : ` (${code})`}.`;
}
