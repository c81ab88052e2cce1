/** Which of the 16,384 slots of a Redis Cluster a key belongs to, and which server has it. Pure. */

export const slotCount = 16_384;

/** By the part between the first braces, if there is one. https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/ */
export function slotOf(key: string): number {
  const open = key.indexOf("{");
  const close = open === -1 ? -1 : key.indexOf("}", open + 1);
  return crc16(close > open + 1 ? key.slice(open + 1, close) : key) % slotCount;
}

/** A short text that belongs to a slot: for a key that must lie beside others. */
export function tagOf(slot: number): string {
  for (;;) {
    const known = tags.get(slot);
    if (known !== undefined) return known;
    const tag = tried.toString(36);
    tried += 1;
    const found = slotOf(tag);
    if (!tags.has(found)) tags.set(found, tag);
  }
}

const tags = new Map<number, string>();
let tried = 0;

export interface SlotRange {
  readonly from: number;
  readonly to: number;
  readonly host: string;
  readonly port: number;
}

/** Reads the masters out of an answer to CLUSTER SLOTS: [from, to, [host, port, …], …replicas]. */
export function rangesOf(reply: readonly (readonly [number, number, readonly [string | null, number]])[]): SlotRange[] {
  return reply.map(([from, to, [host, port]]) => ({ from, to, host: host ?? "", port }));
}

/** CRC-16/XMODEM of the UTF-8 bytes. Nearly all keys are ASCII, and need no bytes of their own: each page asks for many. */
function crc16(text: string): number {
  let crc = 0;
  const bytes = notAscii.test(text) ? Buffer.from(text).toString("latin1") : text;
  for (let at = 0; at < bytes.length; at++) {
    crc = ((crc << 8) & 0xffff) ^ (crcOfByte[(crc >> 8) ^ bytes.charCodeAt(at)] ?? 0);
  }
  return crc;
}

const notAscii = /[^\0-\x7f]/;

const crcOfByte = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021;
  return crc & 0xffff;
});
