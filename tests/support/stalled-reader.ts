/** A WebSocket by hand over TCP, which does the handshake, may say something, and then reads no more until it is told to. */
import { connect } from "node:net";
import { until } from "./wait.ts";

export interface StalledReader {
  /** Reads on, to the end. */
  resume(): void;
  /** Bytes read after the handshake. */
  received(): number;
  ended(): boolean;
  /** What was read after the handshake, frame by frame. */
  texts(): string[];
  /** The code in the close frame that came last, if there was one. */
  closeCode(): number | undefined;
}

export interface StalledOptions {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent after the handshake, each as a frame of its own. */
  readonly says?: readonly string[];
  /** It stalls once so many frames have come. */
  readonly readsFrames?: number;
}

export async function openStalledReader(
  base: string,
  { path, headers = {}, says = [], readsFrames = 0 }: StalledOptions,
): Promise<StalledReader> {
  const { hostname, port, host } = new URL(base);
  const socket = connect(Number(port), hostname);
  let parts: Buffer[] = [];
  let length = 0;
  let ended = false;
  /** Put together when it is looked at. */
  const all = () => {
    if (parts.length > 1) parts = [Buffer.concat(parts)];
    return parts[0] ?? Buffer.alloc(0);
  };
  socket.on("data", (data: Buffer) => {
    parts.push(data);
    length += data.length;
  });
  socket.on("close", () => {
    ended = true;
  });
  socket.on("error", () => {});
  const lines = Object.entries({ Host: host, Connection: "Upgrade", Upgrade: "websocket", ...headers });
  socket.write(
    [
      `GET ${path} HTTP/1.1`,
      ...lines.map(([name, value]) => `${name}: ${value}`),
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      "\r\n",
    ].join("\r\n"),
  );
  const head = await until(() => all().indexOf(headEnd) + 1, { what: "the answer to the handshake" });
  if (!all().toString().startsWith("HTTP/1.1 101")) throw new Error(all().toString());
  const headLength = head - 1 + headEnd.length;
  parts = [all().subarray(headLength)];
  length -= headLength;
  for (const text of says) socket.write(textFrame(text));
  await until(() => framesIn(all()).length >= readsFrames, { what: `${readsFrames} frames` });
  socket.pause();
  return {
    resume: () => void socket.resume(),
    received: () => length,
    ended: () => ended,
    texts: () => framesIn(all()).flatMap(({ opcode, payload }) => (opcode === textOpcode ? payload.toString() : [])),
    closeCode: () =>
      framesIn(all())
        .find(({ opcode }) => opcode === closeOpcode)
        ?.payload.readUInt16BE(0),
  };
}

const headEnd = "\r\n\r\n";
const textOpcode = 1;
const closeOpcode = 8;

/** Masked with zeros, which changes nothing. */
function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const head = Buffer.from([0x80 | textOpcode, 0x80 | 126, payload.length >> 8, payload.length & 0xff, 0, 0, 0, 0]);
  return Buffer.concat([head, payload]);
}

/** Whole frames as a server sends them. */
function framesIn(bytes: Buffer): { opcode: number; payload: Buffer }[] {
  const frames: { opcode: number; payload: Buffer }[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const short = bytes.readUInt8(at + 1) & 0x7f;
    const wide = short === 126 ? 2 : short === 127 ? 8 : 0;
    if (at + 2 + wide > bytes.length) break;
    const length = wide === 2 ? bytes.readUInt16BE(at + 2) : wide === 8 ? Number(bytes.readBigUInt64BE(at + 2)) : short;
    const start = at + 2 + wide;
    if (start + length > bytes.length) break;
    frames.push({ opcode: bytes.readUInt8(at) & 0x0f, payload: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return frames;
}
