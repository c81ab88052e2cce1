/**
 * @superchat through the whole product: from a question to what a page sees of its answer, beside the bare engine with the same
 * words in turns; and what a busy room notices while the bot writes in it. Medians of few rounds on a small model.
 */
import { loadModel } from "../adapters/embedded-model/engine.ts";
import { defaultSystemPrompt } from "../llm-bot/prompt.ts";
import { ensureSmallModel, smallModel, smallModelFolder } from "../scripts/services/small-model.ts";
import { type ApiPerson, freshName, signUpPerson } from "../tests/support/api-person.ts";
import { answersIn } from "../tests/support/bots.ts";
import { lookAt } from "../tests/support/live-page.ts";
import { startStandalone } from "../tests/support/server.ts";
import type { Figure } from "./figure.ts";
import { sendPaced } from "./paced.ts";
import { percentile } from "./process-usage.ts";
import { openLoadSocket } from "./transport.ts";

const rounds = 7;
const maxTokens = 96;
const contextTokens = 2048;
/** More on a machine that others use measures the others. */
const threads = 1;
const answerMs = 120_000;
const perSecond = 200;
const seconds = 8;
const ask = "@superchat Tell a long story about a ship, an island and a storm.";

interface Run {
  readonly firstMs: number;
  /** Between the first piece and the last. */
  readonly charactersPerSecond: number;
}

export async function measureBotRoom(): Promise<readonly Figure[]> {
  const { entry, file } = await ensureSmallModel();
  const bare = await loadModel({ entry, file, contextTokens, threads });
  const env = { LLM_MODEL: smallModel, LLM_FOLDER: smallModelFolder, LLM_THREADS: `${threads}`, LOG_LEVEL: "error" };
  await using server = await startStandalone({ env });
  try {
    const ana = await signUpPerson(server.url);
    const [direct, through]: [Run[], Run[]] = [[], []];
    // The first round warms up.
    for (let round = 0; round <= rounds; round++) {
      const alone = await timed(async (heard) => {
        const messages = [
          { role: "system", content: defaultSystemPrompt.replaceAll("{name}", "superchat") },
          { role: "user", content: `${ana.name}: ${ask}` },
        ] as const;
        const { signal } = new AbortController();
        await bare.write({
          messages,
          maxTokens,
          temperature: 0.8,
          seed: undefined,
          signal,
          onText: (text) => heard(text.length),
        });
      });
      const inRoom = await timed((heard) => askInRoom(server.url, ana, heard));
      if (round === 0) continue;
      direct.push(alone);
      through.push(inRoom);
    }
    const first = (runs: readonly Run[]) => median(runs.map(({ firstMs }) => firstMs));
    const speed = (runs: readonly Run[]) => median(runs.map((run) => run.charactersPerSecond));
    return [
      { what: "first piece, bare engine", value: first(direct), unit: "ms" },
      { what: "first piece, from the question's sending to a page", value: first(through), unit: "ms" },
      { what: "answer, bare engine", value: speed(direct), unit: "characters/s" },
      { what: "answer, as a page sees it grow", value: speed(through), unit: "characters/s" },
      { what: "share of the bare engine's speed", value: (100 * speed(through)) / speed(direct), unit: "%" },
      ...(await busyRoom(server.url, ana)),
    ];
  } finally {
    await bare.close();
  }
}

/** A room of its own each time, so that the model reads the same. */
async function askInRoom(url: string, ana: ApiPerson, heard: (characters: number) => void): Promise<void> {
  const room = await ana.createRoom(freshName("asked"));
  const page = await lookAt(url, ana, room);
  const seen = new Set<object>();
  const look = () => {
    for (const frame of page.frames) {
      if (seen.has(frame)) continue;
      seen.add(frame);
      if (frame.grown?.piece) heard(frame.grown.piece.length);
    }
  };
  await ana.post(room.id, ask);
  const endsBy = performance.now() + answerMs;
  while (!page.frames.some(({ changes }) => changes !== undefined)) {
    if (performance.now() > endsBy) throw new Error("the answer did not end");
    look();
    await Bun.sleep(1);
  }
  look();
  page.close();
}

/** What the same room's messages take to another member, before and while the bot writes in it. */
async function busyRoom(url: string, ana: ApiPerson): Promise<readonly Figure[]> {
  const room = await ana.createRoom(freshName("busy"));
  const took: number[] = [];
  const heard = (text: string) => {
    const at = Number(text.match(/^sent ([\d.]+)$/)?.[1]);
    if (at > 0) took.push(performance.now() - at);
  };
  const follower = await openLoadSocket({ url, token: ana.token, follow: { room: room.id, heard } });
  const sender = await openLoadSocket({ url, token: ana.token });
  const run = async () => {
    took.length = 0;
    await sendPaced(perSecond, seconds, () => sender.post(room.id, `sent ${performance.now()}`));
    return [percentile(took, 0.5), percentile(took, 0.99)] as const;
  };
  const [before50, before99] = await run();
  const asked = { ends: false };
  const asking = keepAsking(ana, room, asked);
  const [while50, while99] = await run();
  asked.ends = true;
  const answers = await asking;
  sender.close();
  follower.close();
  return [
    { what: `${perSecond} messages a second to another member, p50`, value: before50, unit: "ms" },
    { what: "the same, p99", value: before99, unit: "ms" },
    { what: "while the bot writes in that room, p50", value: while50, unit: "ms" },
    { what: "the same, p99", value: while99, unit: "ms" },
    { what: "answers asked for meanwhile", value: answers, unit: "answers" },
  ];
}

async function keepAsking(ana: ApiPerson, room: { id: string }, asked: { readonly ends: boolean }): Promise<number> {
  let count = 0;
  while (!asked.ends) {
    await ana.post(room.id, ask);
    count += 1;
    while (!asked.ends && (await answersIn(ana, room)).some(({ growing }) => growing)) await Bun.sleep(100);
  }
  return count;
}

async function timed(write: (heard: (characters: number) => void) => Promise<unknown>): Promise<Run> {
  const from = performance.now();
  let [firstAt, lastAt, firstPiece, characters] = [0, 0, 0, 0];
  await write((piece) => {
    lastAt = performance.now();
    characters += piece;
    if (firstAt === 0) [firstAt, firstPiece] = [lastAt, piece];
  });
  return {
    firstMs: firstAt - from,
    charactersPerSecond: (1_000 * (characters - firstPiece)) / Math.max(1, lastAt - firstAt),
  };
}

function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}
