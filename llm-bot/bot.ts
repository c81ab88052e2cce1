/**
 * The bot: hears of questions, takes them on, answers them in turn, and picks up what another bot, or an earlier run of this one,
 * left unfinished. Whatever happens, a question has one answer: its ids follow from the question's (answer-ids.ts), and one pen writes it.
 */
import { whileUnavailable } from "#domain/back-off.ts";
import { type Deletion, deletionsAmong } from "#domain/erased.ts";
import { isChatError } from "#domain/errors.ts";
import type { EventOf, LoggedEvent } from "#domain/events.ts";
import type { EventId } from "#domain/ids.ts";
import type { Message } from "#domain/message.ts";
import type { Ports, UserSignal } from "#domain/ports/index.ts";
import type { LanguageModel } from "#domain/ports/language-model.ts";
import { rateLimits, spend } from "#domain/rate-limits.ts";
import type { Room } from "#domain/room.ts";
import { counts } from "#domain/who-changes.ts";
import { type AnswerWords, enterRoom, postAnswer } from "#domain/write-answer.ts";
import { answerIds } from "./answer-ids.ts";
import { helpOf, isHelp } from "./help.ts";
import { answerOf, Ending, type Job, type Persona } from "./job.ts";
import { createQueue } from "./queue.ts";
import { findUnfinished, type Unfinished } from "./recovery.ts";
import { openSheet } from "./sheet.ts";
import { type AnswerLimits, end, isQuestionGone, type Outcome, type WritePorts, write } from "./write.ts";

export type BotPorts = WritePorts & Pick<Ports, "log" | "presence">;

export interface BotOptions extends AnswerLimits {
  readonly personas: readonly Persona[];
  /** Unlike any other bot's: names it to the growing texts. */
  readonly pen: string;
  readonly report: (what: string, error: unknown) => void;
}

export interface Bot {
  /** Leaves what it is writing to the next start or to another bot. */
  close(): Promise<void>;
}

/** A question that was asked longer ago is not answered any more: whoever asked has gone on. */
export const questionAgeMs = 10 * 60_000;
/** How often what was left unfinished is looked for, and presence is shown. */
const lookEveryMs = 5_000;
const fallbackSlots = 1;

export async function startBot(ports: BotPorts, model: LanguageModel, options: BotOptions): Promise<Bot> {
  const { personas, report, pen } = options;
  const queue = createQueue<Job>();
  const jobs = new Map<EventId, Job>();
  const running = new Set<Promise<void>>();
  const closing = new AbortController();
  ports.metrics.gauge("superchat_bot_waiting_questions", queue.size);

  async function hear(batch: readonly LoggedEvent[]): Promise<void> {
    const deletions = deletionsAmong(batch);
    for (const event of batch) {
      if (event.type === "message.deleted") await forget(event);
      if (event.type === "message.posted" && deletions.get(event.id)?.some((each) => counts(each, event.author)))
        continue;
      if (event.type !== "message.posted" || event.mentions.length === 0) continue;
      for (const persona of personas) if (event.mentions.includes(persona.user.id)) await takeOn(persona, event);
    }
  }

  /** An answer to what is deleted ends, and one that is deleted itself grows no more. */
  async function forget(deletion: LoggedEvent & Deletion): Promise<void> {
    const { room, message } = deletion;
    for (const { user } of personas) {
      const job = jobs.get(answerIds(user.id, message).posted);
      if (job !== undefined && counts(deletion, job.question.author)) job.ending.abort(new Ending("deleted"));
      if (!counts(deletion, user)) continue;
      jobs.get(message)?.ending.abort(new Ending("left"));
      await ports.growing.end(room, message);
    }
  }

  /** @throws ChatError unavailable: it comes again */
  async function takeOn(persona: Persona, event: Omit<EventOf<"message.posted">, "offset" | "type">): Promise<void> {
    const question: Message = { offset: 0, ...event };
    const ids = answerIds(persona.user.id, question.id);
    if (ports.clock.now() - Date.parse(question.at) > questionAgeMs || jobs.has(ids.posted)) return;
    const [asker, known] = await Promise.all([ports.users.byId(question.author.id), ports.events.find(ids.posted)]);
    if (asker?.kind !== "person" || known !== undefined) return;
    const room = await enterRoom(ports, persona.user, question.room).catch(unlessAway);
    if (room === undefined || (await isQuestionGone(ports, { room, question }))) return;
    const say = (words: AnswerWords) => postAnswer(ports, persona.user, room, ids, words);
    if (isHelp(persona.user, question)) {
      await say({ text: helpOf(persona.user, model.state()), answer: answerOf({ question }, "complete") });
      return;
    }
    const refusal = await refusalOf(question, room);
    if (refusal !== undefined) {
      ports.metrics.count("superchat_bot_refused_questions_total");
      await say({ text: refusal, answer: answerOf({ question }, "failed") });
    } else if (await say({ text: "", answer: answerOf({ question }, "growing") })) {
      ports.metrics.count("superchat_bot_questions_total");
      begin(persona, room, question);
    }
  }

  async function refusalOf(question: Message, room: Room): Promise<string | undefined> {
    if (queue.isFull(room.id)) return "Too many questions are waiting already. Ask again in a few minutes.";
    try {
      await spend(ports, rateLimits.questionsPerPerson, question.author.id);
      return undefined;
    } catch (error) {
      if (isChatError(error, "rate-limited")) return error.message;
      throw error;
    }
  }

  function begin(persona: Persona, room: Room, question: Message): void {
    const ids = answerIds(persona.user.id, question.id);
    const ending = new AbortController();
    const onLost = () => ending.abort(new Ending("left"));
    const sheet = openSheet(ports.growing, { room: room.id, message: ids.posted, pen, onLost });
    const job: Job = { persona, room, question, ids, sheet, ending };
    jobs.set(ids.posted, job);
    queue.add(room.id, job);
    void sheet.claim().catch((error) => report("growing text not claimed", error));
    ending.signal.addEventListener("abort", () => {
      if (queue.remove(job)) start(job);
      tellPlaces();
    });
    next();
  }

  function next(): void {
    const state = model.state();
    const slots = state.type === "ready" ? state.slots : fallbackSlots;
    while (running.size < slots && !closing.signal.aborted) {
      const job = queue.take();
      if (job === undefined) break;
      start(job);
    }
    tellPlaces();
  }

  function start(job: Job): void {
    const work = answer(job)
      .catch((error) => report("answer not written", error))
      .finally(() => {
        running.delete(work);
        jobs.delete(job.ids.posted);
        next();
      });
    running.add(work);
  }

  async function answer(job: Job): Promise<void> {
    const startedAt = performance.now();
    try {
      const outcome = await write(ports, model, job, options).catch((error: unknown): Outcome => {
        report("answering failed", error);
        return { text: "Something went wrong on our side.", state: "failed" };
      });
      if (outcome === undefined) return;
      await end(ports, model, job, outcome, closing.signal);
      ports.metrics.observe("superchat_bot_answer_seconds", (performance.now() - startedAt) / 1_000);
    } finally {
      await job.sheet.close();
    }
  }

  function tellPlaces(): void {
    const ahead = running.size > 0 ? 1 : 0;
    queue.jobs().forEach((job, place) => {
      const before = place + ahead;
      job.sheet.note(before === 1 ? "Waiting: one question comes first." : `Waiting: ${before} questions come first.`);
    });
  }

  /** What nobody writes any more goes on here, or is closed where it was asked too long ago. */
  async function look(): Promise<void> {
    for (const { user } of personas) await ports.presence.enter(user.id, pen);
    for (const found of await findUnfinished(ports, personas, pen, (id) => jobs.has(id))) await pickUp(found);
  }

  async function pickUp({ persona, room, question }: Unfinished): Promise<void> {
    if (!jobs.has(answerIds(persona.user.id, question.id).posted)) begin(persona, room, question);
  }

  function onSignal(user: string, signal: UserSignal): void {
    if (signal.type !== "stop" || !personas.some((persona) => persona.user.id === user)) return;
    jobs.get(signal.message)?.ending.abort(new Ending("stopped"));
  }

  const unsubscribe = await ports.signals.onUsers(onSignal);
  const consumer = await ports.log.consume(hear, { group: "bots" });
  void askedMeanwhile().catch((error) => report("questions asked meanwhile not read", error));
  const lookNow = () => void look().catch((error) => report("unfinished answers not looked for", error));
  lookNow();
  const timer = setInterval(lookNow, lookEveryMs);

  /** A log that ends with its process does not tell what was asked while the bot was away. */
  async function askedMeanwhile(): Promise<void> {
    const since = new Date(ports.clock.now() - questionAgeMs).toISOString();
    const retry = { stop: closing.signal };
    for (const persona of personas) {
      const asked = await whileUnavailable(() => ports.events.naming(persona.user.id, since, 200), retry);
      for (const question of asked) await whileUnavailable(() => takeOn(persona, question), retry);
    }
  }

  return {
    async close() {
      closing.abort();
      clearInterval(timer);
      await Promise.all([consumer.stop(), unsubscribe()]);
      for (const job of jobs.values()) job.ending.abort(new Ending("left"));
      await Promise.all(running);
      for (const { user } of personas) await ports.presence.leave(user.id, pen);
    },
  };
}

/** A room that the bot may not read has asked nobody. */
function unlessAway(error: unknown): undefined {
  if (isChatError(error, "not-found") || isChatError(error, "forbidden")) return undefined;
  throw error;
}
