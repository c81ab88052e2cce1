/** Answers one question: prepares the model, reads the room, lets the text grow, and ends it however it goes. */
import { whileUnavailable } from "#domain/back-off.ts";
import { ChatError, unlessUnavailable } from "#domain/errors.ts";
import { maxTextBytes } from "#domain/message.ts";
import type { Ports } from "#domain/ports/index.ts";
import type { AnswerEnd, LanguageModel, ModelState, Question } from "#domain/ports/language-model.ts";
import type { HistoryPorts } from "#domain/read-history.ts";
import { readMessage } from "#domain/read-message.ts";
import { freshly } from "#domain/standstill.ts";
import { byteLength } from "#domain/text.ts";
import { type AnswerPorts, endAnswer } from "#domain/write-answer.ts";
import { closeCode } from "./close-code.ts";
import { readContext } from "./context.ts";
import { answerOf, Ending, type Job } from "./job.ts";
import { promptOf } from "./prompt.ts";
import { tellEveryMs } from "./sheet.ts";
import { withoutThoughts } from "./thoughts.ts";

export type WritePorts = AnswerPorts & HistoryPorts & Pick<Ports, "growing" | "metrics">;

export interface AnswerLimits {
  readonly answerTokens: number;
  /** For what the model reads: how long a question that was given up can hold up the next one. */
  readonly promptTokens: number;
  /** From the moment the model is ready: what it downloads first takes as long as it takes. */
  readonly answerMs: number;
}

export const nothingToSay = "The model had nothing to say.";
export const onlyThought =
  "The model spent its whole answer on thinking and never got to the point. Try a shorter question. (The operator can raise LLM_ANSWER_TOKENS.)";
export const cutShort = "(This answer reached its length limit and was cut off.)";
/** Instead of what was written so far: that may repeat the question. */
export const questionDeleted = "The question was deleted while this was being answered.";
export const tookTooLong = "(This answer reached its time limit and was cut off.)";
/** A toy does not know when to stop. */
const toyTokens = 96;
/** Leaves room for what is added to an answer that ended early. */
export const maxAnswerBytes = maxTextBytes - 1_024;
/** An answer with its thoughts. */
export const maxRawCharacters = 4 * maxTextBytes;

export interface Outcome {
  readonly text: string;
  readonly state: "complete" | "stopped" | "failed";
}

const goneOutcome: Outcome = { text: questionDeleted, state: "stopped" };

/** @returns undefined when nothing was decided: somebody else goes on */
export async function write(
  ports: WritePorts,
  model: LanguageModel,
  job: Job,
  limits: AnswerLimits,
): Promise<Outcome | undefined> {
  const { sheet, ending } = job;
  const { signal } = ending;
  if (await hasEnded(ports, job)) return undefined;
  if (await isQuestionGone(ports, job)) return goneOutcome;
  let late: ReturnType<typeof setTimeout> | undefined;
  try {
    await orAborted(
      model.prepare((state) => sheet.note(sentenceOf(state))),
      signal,
    );
    sheet.note("");
    late = setTimeout(() => ending.abort(new Ending("late")), limits.answerMs);
    const state = model.state();
    const maxTokens =
      state.type === "ready" && state.toy ? Math.min(limits.answerTokens, toyTokens) : limits.answerTokens;
    // Read last, and anew where this process stood still meanwhile: until then the model may have fetched gigabytes.
    const messages = await freshly(async () =>
      (await isQuestionGone(ports, job)) ? undefined : await promptFor(ports, model, job, limits),
    );
    if (messages === undefined) return goneOutcome;
    const question = { messages, maxTokens, signal };
    return ended(await readAnswer(ports, model, job, question), sheet.text().trim());
  } catch (error) {
    return outcomeOf(signal.aborted ? signal.reason : error, sheet.text().trim(), limits);
  } finally {
    clearTimeout(late);
  }
}

/** Passes an answer on as it is written, without what the model only thinks; looked for as often as the room is told, not with each piece. */
async function readAnswer(
  { metrics }: WritePorts,
  model: LanguageModel,
  { sheet }: Job,
  question: Question,
): Promise<AnswerEnd> {
  const startedAt = performance.now();
  const pieces = model.answer(question);
  let raw = "";
  let spoken = withoutThoughts(raw);
  let tooLong = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  const look = (done = false) => {
    clearTimeout(timer);
    timer = undefined;
    lookedAt = performance.now();
    spoken = withoutThoughts(raw, done);
    tooLong = byteLength(spoken.text) > maxAnswerBytes || raw.length > maxRawCharacters;
    if (!tooLong) sheet.show(spoken.text);
  };
  try {
    for (let count = 0; ; count++) {
      const next = await pieces.next();
      if (next.done) {
        look(true);
        return { cut: next.value.cut || tooLong, thought: spoken.thought || next.value.thought };
      }
      if (count === 0) metrics.observe("superchat_bot_first_piece_seconds", (performance.now() - startedAt) / 1_000);
      raw += cleaned(next.value);
      const waitMs = lookedAt + tellEveryMs - performance.now();
      if (waitMs <= 0 || raw.length > maxRawCharacters) look();
      else timer ??= setTimeout(look, waitMs);
      if (tooLong) return { cut: true, thought: spoken.thought };
    }
  } finally {
    if (timer !== undefined) look();
    // However this ends, the model is free.
    await pieces.return({ cut: true, thought: false });
  }
}

function ended({ cut, thought }: AnswerEnd, text: string): Outcome {
  if (text !== "") return { text: cut ? joined(text, cutShort) : text, state: "complete" };
  return { text: thought && cut ? onlyThought : nothingToSay, state: "failed" };
}

/** It may have been deleted before anybody here heard of it, or by way of another bot. */
export async function isQuestionGone(
  ports: HistoryPorts,
  { room, question }: Pick<Job, "room" | "question">,
): Promise<boolean> {
  return (await unlessUnavailable(readMessage(ports, room, question.id)))?.deleted === true;
}

/** Another bot may have been faster. */
async function hasEnded({ events }: WritePorts, { ids }: Job): Promise<boolean> {
  return await events.find(ids.ended).then(
    (ref) => ref !== undefined,
    () => false,
  );
}

/** Makes it the answer's last word, however long that takes. @throws whatever is not being unavailable */
export async function end(ports: WritePorts, model: LanguageModel, job: Job, outcome: Outcome, stop: AbortSignal) {
  const { text, state } = (await isQuestionGone(ports, job)) ? goneOutcome : outcome;
  const answer = answerOf(job, state, nameOf(model.state()));
  const { persona, room, ids } = job;
  await whileUnavailable(() => endAnswer(ports, persona.user, room, ids, { text, answer }), { stop });
  await ports.growing.end(room.id, ids.posted);
  ports.metrics.count("superchat_bot_answers_total", 1, state);
}

function outcomeOf(reason: unknown, text: string, limits: AnswerLimits): Outcome | undefined {
  if (reason instanceof Ending) {
    if (reason.how === "left") return undefined;
    if (reason.how === "deleted") return goneOutcome;
    if (reason.how === "stopped") return { text, state: "stopped" };
    if (text !== "") return { text: joined(text, tookTooLong), state: "complete" };
    return { text: noAnswerWithin(limits.answerMs), state: "failed" };
  }
  if (reason instanceof ChatError) return { text: joined(text, reason.message), state: "failed" };
  throw reason;
}

export function noAnswerWithin(answerMs: number): string {
  const limit = `${answerMs / 1_000} seconds`;
  return `The model did not get to an answer within ${limit}. Try a shorter question. (The operator can raise LLM_ANSWER_SECONDS.)`;
}

/** A text with a note of ours after it. */
export function joined(text: string, sentence: string): string {
  return text === "" ? sentence : `${closeCode(text)}\n\n${sentence}`;
}

async function promptFor(ports: WritePorts, model: LanguageModel, job: Job, limits: AnswerLimits) {
  const state = model.state();
  const window = state.type === "ready" ? state.contextTokens - limits.answerTokens : limits.promptTokens;
  return promptOf({
    bot: job.persona.user,
    system: job.persona.system,
    ...(await readContext(ports, job.room, job.question)),
    maxTokens: Math.min(window, limits.promptTokens),
    estimateTokens: model.estimateTokens,
  });
}

/** What a message can't hold, and what would count differently in a page. */
function cleaned(piece: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are meant
  return piece.toWellFormed().replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "");
}

function sentenceOf(state: ModelState): string {
  if (state.type !== "fetching") return "";
  if (state.part >= 1) return "Loading the language model…";
  const size = state.bytes === undefined ? "" : `${(state.bytes / 1e9).toFixed(1)} GB, once: `;
  return `Downloading the language model (${size}${Math.floor(state.part * 100)}%)…`;
}

export function nameOf(state: ModelState): string | undefined {
  if (state.type === "off") return undefined;
  return state.type === "ready" && state.toy ? `${state.model}, a toy: don't rely on it` : state.model;
}

/** The work goes on for others when this one gives up. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
    work.catch(() => undefined);
  }
}
