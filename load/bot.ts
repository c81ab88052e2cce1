/**
 * What the way to the language model costs: the same questions to the bare engine in this process, and through the adapter and
 * the embedded server's process, in turns, on the small model. Medians of pairs. The way through the whole product is bot-room.ts.
 */

import { loadModel } from "../adapters/embedded-model/engine.ts";
import { createEmbeddedServer } from "../adapters/embedded-model/server-process.ts";
import { createOllamaModel } from "../adapters/ollama/language-model.ts";
import { ensureSmallModel, smallModel, smallModelFolder } from "../scripts/services/small-model.ts";
import type { Figure } from "./figure.ts";

const rounds = 9;
const maxTokens = 64;
const contextTokens = 2048;
/** More on a machine that others use measures the others. */
const threads = 1;
const silence = { firstPieceMs: 60_000, nextPieceMs: 15_000 };

interface Run {
  readonly firstMs: number;
  readonly piecesPerSecond: number;
}

export async function measureBot(): Promise<readonly Figure[]> {
  const { entry, file } = await ensureSmallModel();
  const bare = await loadModel({ entry, file, contextTokens, threads });
  const report = (what: string, detail: unknown) => console.error(what, detail);
  const settings = { folder: smallModelFolder, model: smallModel, contextTokens, threads, endsWhenIdle: false };
  const server = createEmbeddedServer({ settings, report });
  const model = createOllamaModel({
    where: server.where,
    model: smallModel,
    contextTokens,
    slots: 1,
    threads,
    silence,
    keepMs: 600_000,
    report,
  });
  try {
    await model.prepare();
    const { signal } = new AbortController();
    const [direct, adapted]: [Run[], Run[]] = [[], []];
    // The first round warms up.
    for (let round = 0; round <= rounds; round++) {
      const messages = question(round);
      const alone = () =>
        timed((onText) => {
          const said = messages.map(({ role, text }) => ({ role, content: text }));
          return bare.write({ messages: said, maxTokens, temperature: 0.8, seed: undefined, signal, onText });
        });
      const through = () =>
        timed(async (onText) => {
          for await (const piece of model.answer({ messages, maxTokens, signal })) onText(piece);
        });
      // Who comes second may find the machine busier, or less.
      const turns = round % 2 === 0 ? [alone, through] : [through, alone];
      const runs = [await turns[0]?.(), await turns[1]?.()];
      const [first, second] = round % 2 === 0 ? runs : runs.toReversed();
      if (round === 0 || first === undefined || second === undefined) continue;
      direct.push(first);
      adapted.push(second);
    }
    const of = (runs: readonly Run[], what: keyof Run) => median(runs.map((run) => run[what]));
    const later = adapted.map(({ firstMs }, at) => firstMs - (direct[at]?.firstMs ?? 0));
    const share = adapted.map((run, at) => (100 * run.piecesPerSecond) / (direct[at]?.piecesPerSecond ?? 1));
    return [
      { what: "model, first token: bare engine", value: of(direct, "firstMs"), unit: "ms" },
      { what: "model, first token: through server and adapter", value: of(adapted, "firstMs"), unit: "ms" },
      { what: "model, first token: later than the bare engine's", value: median(later), unit: "ms" },
      { what: "model, tokens: bare engine", value: of(direct, "piecesPerSecond"), unit: "/s" },
      { what: "model, tokens: through server and adapter", value: of(adapted, "piecesPerSecond"), unit: "/s" },
      { what: "model, tokens: share of the bare engine's", value: median(share), unit: "%" },
    ];
  } finally {
    await model.close();
    await server.close();
    await bare.close();
  }
}

/** Begins differently each time, so that nothing of it was read before. */
function question(round: number) {
  return [
    { role: "system", text: `Conversation ${round}. You are a helpful assistant in a chat room. Write at length.` },
    { role: "user", text: "Tell a long story about a ship, an island and a storm." },
  ] as const;
}

async function timed(write: (onText: (text: string) => void) => Promise<unknown>): Promise<Run> {
  const from = performance.now();
  let [firstAt, lastAt, pieces] = [0, 0, 0];
  await write(() => {
    lastAt = performance.now();
    firstAt ||= lastAt;
    pieces++;
  });
  return { firstMs: firstAt - from, piecesPerSecond: (1_000 * (pieces - 1)) / (lastAt - firstAt) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
