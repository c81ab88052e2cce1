/** A real HTTP server that takes webhooks: it checks every signature by itself, and misbehaves as told. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { RoomEvent } from "#domain/events.ts";

export interface TakenBatch {
  readonly id: string;
  readonly events: readonly RoomEvent[];
}

export interface HookReceiver extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Everything that came, whether it was taken or not. */
  readonly batches: TakenBatch[];
  /** What was answered with a 2xx, in the order in which it came. */
  readonly taken: TakenBatch[];
  /** What is wrong with what came: nothing, when all is well. */
  readonly problems: string[];
  /** How the next ones are answered. Default: 204. */
  answer: (batch: TakenBatch) => Response | Promise<Response>;
  /** Also known once the hook is made; until then nothing is checked. */
  secret: string | undefined;
  close(): Promise<void>;
}

export const takes = () => new Response(null, { status: 204 });

export function startHookReceiver(port = 0): HookReceiver {
  const server = Bun.serve({
    port,
    hostname: "127.0.0.1",
    async fetch(request) {
      const body = await request.text();
      const problem = await signatureProblem(receiver.secret, request.headers, body);
      if (problem !== undefined) receiver.problems.push(problem);
      const batch = { id: request.headers.get("webhook-id") ?? "", events: JSON.parse(body).data.events };
      receiver.batches.push(batch);
      const answer = await receiver.answer(batch);
      if (answer.ok) receiver.taken.push(batch);
      return answer;
    },
  });
  const close = async () => await server.stop(true);
  const receiver: HookReceiver = {
    url: `http://127.0.0.1:${server.port}/room`,
    port: server.port ?? 0,
    batches: [],
    taken: [],
    problems: [],
    answer: takes,
    secret: undefined,
    close,
    [Symbol.asyncDispose]: close,
  };
  return receiver;
}

export const offsetsIn = (batches: readonly TakenBatch[]) =>
  batches.flatMap(({ events }) => events.map(({ offset }) => offset));

/** Written from the specification alone (HMAC from its definition, RFC 2104), apart from the code that signs. */
async function signatureProblem(secret: string | undefined, headers: Headers, body: string) {
  const [id, timestamp, signature] = ["id", "timestamp", "signature"].map(
    (name) => headers.get(`webhook-${name}`) ?? "",
  );
  if (secret === undefined) return "came before its secret was known";
  if (Math.abs(Date.now() / 1_000 - Number(timestamp)) > 300) return `timestamp ${timestamp} is not of now`;
  const key = Buffer.alloc(64);
  Buffer.from(secret.replace("whsec_", ""), "base64").copy(key);
  const pad = (byte: number) => Buffer.from(key.map((each) => each ^ byte));
  const hash = (...parts: (Buffer | string)[]) => {
    const sum = createHash("sha256");
    for (const part of parts) sum.update(part);
    return sum.digest();
  };
  const expected = hash(pad(0x5c), hash(pad(0x36), `${id}.${timestamp}.${body}`));
  const given = (signature ?? "").split(" ").flatMap((each) => {
    const [version, value = ""] = each.split(",");
    return version === "v1" ? [Buffer.from(value, "base64")] : [];
  });
  const good = given.some((each) => each.length === expected.length && timingSafeEqual(each, expected));
  return good ? undefined : `the signature of ${id} is wrong`;
}
