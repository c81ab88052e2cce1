/**
 * @superchat through the whole product: from a question to what a page sees of its answer, beside the bare engine with the same
 * words in turns; and what a busy room notices while the bot writes in it. Medians of few rounds on a small model.
 */
import { loadModel } from "../adapters/embedded-model/engine.ts";
import { createTokenEstimate } from "../adapters/ollama/token-estimate.ts";
import type { Message } from "../domain/message.ts";
import { readBotSettings } from "../llm-bot/config.ts";
import { defaultSystemPrompt, promptOf } from "../llm-bot/prompt.ts";
import { freePort } from "../scripts/services/ports.ts";
import { ensureSmallModel, smallModel, smallModelFolder } from "../scripts/services/small-model.ts";
import { type ApiPerson, freshName, signUpPerson } from "../tests/support/api-person.ts";
import { answered } from "../tests/support/bots.ts";
import { type LivePage, lookAt } from "../tests/support/live-page.ts";
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
/** Long enough for some answers. */
const seconds = 20;
const ask = "@superchat Tell a long story about a ship, an island and a storm.";
const { promptTokens } = readBotSettings({});

interface Run {
  readonly firstMs: number;
  /** Between the first piece and the last. */
  readonly charactersPerSecond: number;
}

export async function measureBotRoom(): Promise<readonly Figure[]> {
  const { entry, file } = await ensureSmallModel();
  const bare = await loadModel({ entry, file, contextTokens, threads });
  const metricsPort = freePort();
  const env = {
    METRICS_PORT: `${metricsPort}`,
    LLM_MODEL: smallModel,
    LLM_FOLDER: smallModelFolder,
    LLM_THREADS: `${threads}`,
    LLM_CONTEXT_TOKENS: `${contextTokens}`,
    LIMITS: "off",
    LOG_LEVEL: "error",
  };
  await using server = await startStandalone({ env });
  try {
    const ana = await signUpPerson(server.url);
    const [direct, through]: [Run[], Run[]] = [[], []];
    const besides: number[] = [];
    // The first round warms up.
    for (let round = 0; round <= rounds; round++) {
      const room = await roomWithBot(ana);
      // Another question each time, so that it was not read before.
      const text = ask.replace("long", `long (${round + 1} pages)`);
      const messages = await promptIn(ana, room, text);
      const alone = () =>
        timed(async (heard) => {
          const { signal } = new AbortController();
          const onText = (piece: string) => heard(piece.length);
          await bare.write({ messages, maxTokens, temperature: 0.8, seed: undefined, signal, onText });
        });
      const page = await lookAt(server.url, ana, room);
      const inRoom = () => timed((heard) => askIn(page, () => ana.post(room.id, text), heard));
      // Who comes second may find the machine busier, or less.
      const waitedBefore = await waitedMs(metricsPort);
      const runs = round % 2 === 0 ? [await alone(), await inRoom()] : [await inRoom(), await alone()].toReversed();
      const [first, second] = runs;
      page.close();
      if (round === 0 || first === undefined || second === undefined) continue;
      direct.push(first);
      through.push(second);
      besides.push(second.firstMs + waitedBefore - (await waitedMs(metricsPort)));
    }
    const first = (runs: readonly Run[]) => median(runs.map(({ firstMs }) => firstMs));
    const speed = (runs: readonly Run[]) => median(runs.map((run) => run.charactersPerSecond));
    const later = through.map(({ firstMs }, at) => firstMs - (direct[at]?.firstMs ?? 0));
    const share = through.map((run, at) => (100 * run.charactersPerSecond) / (direct[at]?.charactersPerSecond ?? 1));
    return [
      { what: "first piece, bare engine", value: first(direct), unit: "ms" },
      { what: "first piece, from the question's sending to a page", value: first(through), unit: "ms" },
      { what: "the same, later than the bare engine's (pairs)", value: median(later), unit: "ms" },
      {
        what: "of it, before the question's turn and from the first piece to the page",
        value: median(besides),
        unit: "ms",
      },
      { what: "answer, bare engine", value: speed(direct), unit: "characters/s" },
      { what: "answer, as a page sees it grow", value: speed(through), unit: "characters/s" },
      { what: "share of the bare engine's speed (pairs)", value: median(share), unit: "%" },
      ...(await busyRoom(server.url, ana)),
    ];
  } finally {
    await bare.close();
  }
}

/** A room of its own each time, so that the model reads as much; the bot is in it. */
async function roomWithBot(ana: ApiPerson): Promise<{ readonly id: string }> {
  const room = await ana.createRoom(freshName("asked"));
  await ana.post(room.id, "@superchat help");
  await answered(ana, room);
  return room;
}

/** What the model will read of the room when this is asked. */
async function promptIn(ana: ApiPerson, room: { readonly id: string }, text: string) {
  const messages = (await ana.get(`/rooms/${room.id}/messages`)).body.items as readonly Message[];
  const bot = messages.find(({ answer }) => answer !== undefined)?.author;
  const [said] = messages;
  if (bot === undefined || said === undefined) throw new Error("the bot is not in the room");
  const asked = { ...said, text };
  const { ofText: estimateTokens } = createTokenEstimate();
  const system = defaultSystemPrompt;
  const prompt = promptOf({ bot, system, messages: [...messages, asked], maxTokens: promptTokens, estimateTokens });
  return prompt.map(({ role, text: content }) => ({ role, content }));
}

/** For first pieces of answers, from the questions' turns on, all together: what the room and the model take. */
async function waitedMs(port: number): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return 1_000 * Number(metrics.match(/^superchat_bot_first_piece_seconds_sum(?:\{.*\})? (\S+)$/m)?.[1] ?? 0);
}

/** @param page looks at the room */
async function askIn(page: LivePage, send: () => Promise<unknown>, heard: (characters: number) => void): Promise<void> {
  let seen = 0;
  const look = () => {
    for (const { grown } of page.frames.slice(seen)) if (grown?.piece) heard(grown.piece.length);
    seen = page.frames.length;
  };
  const sent = send();
  const endsBy = performance.now() + answerMs;
  while (!page.frames.some(({ changes }) => changes !== undefined)) {
    if (performance.now() > endsBy) throw new Error("the answer did not end");
    look();
    await Bun.sleep(1);
  }
  look();
  await sent;
}

/** What the same room's messages take to another member, before and while the bot writes in it. */
async function busyRoom(url: string, ana: ApiPerson): Promise<readonly Figure[]> {
  const room = await ana.createRoom(freshName("busy"));
  const took: number[] = [];
  const asking = { ended: false, answers: 0 };
  const heard = (text: string) => {
    const at = Number(text.match(/^sent ([\d.]+)$/)?.[1]);
    if (at > 0) took.push(performance.now() - at);
    else if (text !== "" && text !== ask) asking.answers += 1;
  };
  const follower = await openLoadSocket({ url, token: ana.token, follow: { room: room.id, heard } });
  const sender = await openLoadSocket({ url, token: ana.token });
  const run = async () => {
    took.length = 0;
    await sendPaced(perSecond, seconds, () => sender.post(room.id, `sent ${performance.now()}`));
    return [percentile(took, 0.5), percentile(took, 0.99)] as const;
  };
  const [before50, before99] = await run();
  const asked = keepAsking(ana, room.id, asking);
  const [while50, while99] = await run();
  asking.ended = true;
  await asked;
  sender.close();
  follower.close();
  return [
    { what: `${perSecond} messages a second to another member, p50`, value: before50, unit: "ms" },
    { what: "the same, p99", value: before99, unit: "ms" },
    { what: "while the bot writes in that room, p50", value: while50, unit: "ms" },
    { what: "the same, p99", value: while99, unit: "ms" },
    { what: "answers that ended meanwhile", value: asking.answers, unit: "answers" },
  ];
}

/** One question after the other. */
async function keepAsking(ana: ApiPerson, room: string, asking: { ended: boolean; answers: number }): Promise<void> {
  for (let asked = 1; !asking.ended; asked++) {
    await ana.post(room, ask);
    while (!asking.ended && asking.answers < asked) await Bun.sleep(20);
  }
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
