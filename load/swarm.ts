/**
 * Thousands of subscribers in one process, over WebSockets of its own: each frame's head is read, its offsets are counted, and one
 * socket in a hundred reads everything that it says. A WebSocket client that made a string of each frame would measure itself.
 */
import { connect, type Socket } from "bun";

/** One in so many reads every word. */
const usualReadsEvery = 100;
/** Handshakes on their way at once, unless all of them are to come at once. */
const usualOpensAtOnce = 64;
const opensWithinMs = 60_000;

/** How a server is spoken to: what this needs to know of its protocol. */
export interface Dialect {
  readonly path: string;
  /** Lines of the handshake beyond WebSocket's own. */
  readonly headers?: (socket: number) => readonly string[];
  /**
   * What a socket says next, nothing at all when it goes on listening, or that it is subscribed. @throws Error when it is refused
   * @param heard undefined at first
   */
  greet(socket: number, heard: string | undefined): Greeting;
  /** The answer to a sign of life. */
  readonly ping?: { readonly heard: string; readonly said: string };
  /** The first and the last offset in a frame, without reading all of it; undefined when it holds none. */
  readonly span: (frame: Buffer) => readonly [number, number] | undefined;
  /** Everything that a frame says. */
  readonly messages: (frame: string) => readonly { readonly offset: number; readonly text: string }[];
}

export type Greeting =
  | { readonly say: string }
  | "listen"
  | "subscribed"
  /** With the offset that it has. */
  | { readonly subscribedAt: number };

export interface Swarm {
  /** Of all sockets together. */
  delivered(): number;
  /** Milliseconds from the time that a text begins with, of those that read everything. */
  readonly delays: number[];
  /** Offsets that did not follow on the one before, and sockets that ended. */
  readonly troubles: string[];
  /** How far the slowest is. */
  behindMost(): number;
  close(): void;
}

interface Member {
  readonly number: number;
  socket: Socket<Member> | undefined;
  rest: Buffer | undefined;
  upgraded: boolean;
  subscribed: boolean;
  /** Of the newest message that it has; 0 before the first. */
  offset: number;
  readonly opened: PromiseWithResolvers<void>;
}

export interface SwarmOptions {
  readonly port: number;
  readonly size: number;
  readonly dialect: Dialect;
  /** Handshakes on their way at once. */
  readonly opensAtOnce?: number;
  /** Each comes at a moment of its own within this time. Default: none. */
  readonly spreadMs?: number;
  /** One in so many sockets reads everything that it is told. */
  readonly readsEvery?: number;
}

export async function openSwarm({
  port,
  size,
  dialect,
  opensAtOnce = usualOpensAtOnce,
  readsEvery = usualReadsEvery,
  spreadMs = 0,
}: SwarmOptions): Promise<Swarm> {
  const members: Member[] = Array.from({ length: size }, (_, number) => newMember(number));
  const [delays, troubles]: [number[], string[]] = [[], []];
  let delivered = 0;
  let closing = false;

  const trouble = (member: Member, what: string) => {
    if (!closing && troubles.length < 20) troubles.push(`socket ${member.number}: ${what}`);
    member.opened.reject(new Error(what));
  };

  const say = ({ socket }: Member, text: string) => void socket?.write(frameOf(text));

  const greet = (member: Member, heard: string | undefined) => {
    const next = dialect.greet(member.number, heard);
    if (next === "listen") return;
    if (next !== "subscribed" && "say" in next) return say(member, next.say);
    if (next !== "subscribed") member.offset = next.subscribedAt;
    member.subscribed = true;
    member.opened.resolve();
  };

  const count = (member: Member, first: number, last: number) => {
    if (member.offset !== 0 && first !== member.offset + 1) trouble(member, `${first} came after ${member.offset}`);
    delivered += last - first + 1;
    member.offset = last;
  };

  const hear = (member: Member, opcode: number, payload: Buffer) => {
    if (opcode === 8) return trouble(member, `ended with ${payload.length >= 2 ? payload.readUInt16BE(0) : "no code"}`);
    if (opcode === 9) return void member.socket?.write(masked(10, payload));
    if (opcode !== 1) return;
    const { ping } = dialect;
    if (payload.length === ping?.heard.length && payload.toString() === ping.heard) return say(member, ping.said);
    if (!member.subscribed) return greet(member, payload.toString());
    if (member.number % readsEvery === 0) {
      const now = Date.now();
      for (const { offset, text } of dialect.messages(payload.toString())) {
        count(member, offset, offset);
        delays.push(now - Number(text.slice(0, text.indexOf(" "))));
      }
      return;
    }
    const span = dialect.span(payload);
    if (span !== undefined) count(member, ...span);
  };

  const take = (member: Member, chunk: Buffer) => {
    let data = member.rest === undefined ? chunk : Buffer.concat([member.rest, chunk]);
    if (!member.upgraded) {
      const end = data.indexOf("\r\n\r\n");
      if (end === -1) {
        member.rest = Buffer.from(data);
        return;
      }
      const status = data.toString("latin1", 0, data.indexOf("\r\n"));
      if (!status.includes(" 101 ")) return trouble(member, `refused: ${status}`);
      member.upgraded = true;
      data = data.subarray(end + 4);
      greet(member, undefined);
    }
    let at = 0;
    for (;;) {
      const head = headAt(data, at);
      if (head === undefined || head.end > data.length) break;
      hear(member, head.opcode, data.subarray(head.start, head.end));
      at = head.end;
    }
    member.rest = at < data.length ? Buffer.from(data.subarray(at)) : undefined;
  };

  const open = async (member: Member) => {
    const handshake = [
      `GET ${dialect.path} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      ...(dialect.headers?.(member.number) ?? []),
    ];
    if (spreadMs > 0) await Bun.sleep(spreadMs * Math.random());
    await connect<Member>({
      hostname: "127.0.0.1",
      port,
      data: member,
      socket: {
        open(socket) {
          member.socket = socket;
          socket.write(`${handshake.join("\r\n")}\r\n\r\n`);
        },
        data: ({ data: own }, chunk) => take(own, chunk),
        close: ({ data: own }) => trouble(own, "was closed"),
        error: ({ data: own }, error) => trouble(own, error.message),
      },
    });
    await member.opened.promise;
  };

  const close = () => {
    closing = true;
    for (const { socket } of members) socket?.terminate();
  };

  try {
    await within(opensWithinMs, inLanes(members, opensAtOnce, open));
  } catch (error) {
    close();
    throw error;
  }
  return {
    delivered: () => delivered,
    delays,
    troubles,
    behindMost: () => members.reduce((least, { offset }) => Math.min(least, offset), Number.POSITIVE_INFINITY),
    close,
  };
}

function newMember(number: number): Member {
  const opened = Promise.withResolvers<void>();
  // Nobody waits for those that end while others still open.
  opened.promise.catch(() => {});
  return { number, socket: undefined, rest: undefined, upgraded: false, subscribed: false, offset: 0, opened };
}

function headAt(data: Buffer, at: number) {
  if (at + 2 > data.length) return undefined;
  const opcode = data.readUInt8(at) & 0x0f;
  const short = data.readUInt8(at + 1) & 0x7f;
  if (short < 126) return { opcode, start: at + 2, end: at + 2 + short };
  if (short === 126) {
    if (at + 4 > data.length) return undefined;
    return { opcode, start: at + 4, end: at + 4 + data.readUInt16BE(at + 2) };
  }
  if (at + 10 > data.length) return undefined;
  return { opcode, start: at + 10, end: at + 10 + Number(data.readBigUInt64BE(at + 2)) };
}

function frameOf(text: string): Buffer {
  return masked(1, Buffer.from(text));
}

/** With a mask of zeros, which is one, too. */
function masked(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const head = length < 126 ? Buffer.alloc(6) : Buffer.alloc(8);
  head.writeUInt8(0x80 | opcode, 0);
  head.writeUInt8(0x80 | Math.min(length, 126), 1);
  if (length >= 126) head.writeUInt16BE(length, 2);
  return Buffer.concat([head, payload]);
}

async function inLanes<T>(items: readonly T[], lanes: number, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`not all sockets were open after ${ms} ms`)), ms);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
