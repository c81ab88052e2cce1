/** Makes event ids: UUID version 7, rising within one page life, also where the context is not secure. */

const COUNTER_MAX = 0xfff;

let lastMs = 0;
let counter = 0;

export function newEventId(nowMs = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  counter++;
  if (nowMs > lastMs) {
    lastMs = nowMs;
    counter = (bytes[0] ?? 0) & 0x7f;
  } else if (counter > COUNTER_MAX) {
    lastMs++;
    counter = 0;
  }
  const time = lastMs.toString(16).padStart(12, "0");
  const count = counter.toString(16).padStart(3, "0");
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x80;
  const tail = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}
