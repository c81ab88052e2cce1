/** The memory adapters against the suites that every adapter of a port passes. Their own limits are tested beside them. */
import { createMemoryClaims } from "#adapters/memory/claims.ts";
import { createFixedClock } from "#adapters/memory/clock.ts";
import { createMemoryGrowingTexts } from "#adapters/memory/growing-texts.ts";
import { createScriptedModel } from "#adapters/memory/language-model.ts";
import { createMemoryLog } from "#adapters/memory/message-log.ts";
import { createMemoryPresence } from "#adapters/memory/presence.ts";
import { createMemoryRateLimiter } from "#adapters/memory/rate-limiter.ts";
import { createMemoryStream } from "#adapters/memory/room-stream.ts";
import { createMemorySignals } from "#adapters/memory/signals.ts";
import type { RoomId } from "#domain/ids.ts";
import type { Position } from "#domain/room.ts";
import { claimsSuite } from "./claims.suite.ts";
import { confirmingStreamSuite } from "./confirming-stream.suite.ts";
import { growingTextsSuite } from "./growing-texts.suite.ts";
import { languageModelSuite } from "./language-model.suite.ts";
import { messageLogSuite } from "./message-log.suite.ts";
import { presenceSuite } from "./presence.suite.ts";
import { rateLimiterSuite } from "./rate-limiter.suite.ts";
import { roomStreamSuite } from "./room-stream.suite.ts";
import { signalsSuite } from "./signals.suite.ts";

const close = async () => undefined;
/** The suites make listeners throw on purpose. */
const report = () => undefined;

messageLogSuite("memory", async () => ({ log: createMemoryLog(), close }), { acksAfterHandling: true });

for (const announce of ["on-confirm", "on-publish"] as const) {
  const open = async () => {
    const heads = new Map<RoomId, Position>();
    const stream = createMemoryStream({ announce, head: async (room) => heads.get(room), report });
    const storeRoom = async (room: RoomId, epoch: string, offset: number) => void heads.set(room, { epoch, offset });
    return { stream, storeRoom, close };
  };
  const capabilities = { announcesOnConfirm: announce === "on-confirm", knowsIdsEverywhere: true, losesData: false };
  roomStreamSuite(`memory, ${announce}`, open, capabilities);
  if (announce === "on-confirm") confirmingStreamSuite("memory", open);
}

signalsSuite("memory", async () => {
  const signals = createMemorySignals(report);
  return { near: signals, far: signals, close };
});

presenceSuite("memory", async () => {
  const clock = createFixedClock();
  return { presence: createMemoryPresence({ clock }), advance: async (ms) => clock.advance(ms), close };
});

claimsSuite("memory", async () => {
  const claims = createMemoryClaims();
  return { near: claims, far: claims, close };
});

rateLimiterSuite("memory", async () => {
  const clock = createFixedClock();
  return { limiter: createMemoryRateLimiter({ clock }), advance: async (ms) => clock.advance(ms), close };
});

languageModelSuite("scripted", async () => {
  const model = createScriptedModel({
    async *script() {
      for (let count = 0; ; count++) {
        await Bun.sleep(2);
        yield `word ${count} `;
      }
    },
  });
  return { model, close: model.close };
});

growingTextsSuite("memory", async () => {
  const [clock, signals] = [createFixedClock(), createMemorySignals()];
  const texts = createMemoryGrowingTexts(signals, { clock });
  return { near: texts, far: texts, signals, advance: (ms) => clock.advance(ms), close };
});
