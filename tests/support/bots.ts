/** A gateway with bots behind it whose model does what a test says. */
import { createScriptedModel, type ScriptedModel, type ScriptedModelOptions } from "#adapters/memory/language-model.ts";
import { ensureBot } from "#domain/accounts.ts";
import { type Bot, type BotPorts, startBot } from "#llm-bot/bot.ts";
import type { AnswerLimits } from "#llm-bot/write.ts";
import { type ApiPerson, freshName, signUpPerson } from "./api-person.ts";
import { startGateway, type TestGateway, type TestGatewayOptions } from "./gateway.ts";
import { until } from "./wait.ts";

export const testLimits: AnswerLimits = { answerTokens: 64, promptTokens: 256, answerMs: 30_000 };

export interface BotWorld {
  readonly gateway: TestGateway;
  /** Another bot on the same ports, as another process would be. */
  addBot(model: ScriptedModel, options?: { limits?: Partial<AnswerLimits>; ports?: BotPorts }): Promise<Bot>;
  /** Hears of what bots reported. */
  readonly reports: string[];
  close(): Promise<void>;
}

/** A world with a person in a room of theirs. */
export async function openBotRoom() {
  const world = await openBotWorld();
  const ana = await signUpPerson(world.gateway.url);
  return { world, ana, room: await ana.createRoom(freshName("bots")) };
}

export async function openBotWorld(options: TestGatewayOptions = {}): Promise<BotWorld> {
  const gateway = await startGateway(options);
  const bots: Bot[] = [];
  const reports: string[] = [];
  return {
    gateway,
    reports,
    async addBot(model, { limits = {}, ports = gateway.ports } = {}) {
      const user = await ensureBot(ports, "superchat");
      const bot = await startBot(ports, model, {
        ...testLimits,
        ...limits,
        personas: [{ user, system: "You are {name}." }],
        pen: Bun.randomUUIDv7(),
        report: (what, error) => void reports.push(`${what}: ${error}`),
      });
      bots.push(bot);
      return bot;
    },
    async close() {
      await Promise.all(bots.map((bot) => bot.close()));
      await gateway.close();
    },
  };
}

/** A model whose answer a test lets out piece by piece. */
export function openTap(options: Partial<ScriptedModelOptions> = {}) {
  const waiting: PromiseWithResolvers<string | undefined>[] = [];
  const next: (string | undefined)[] = [];
  const give = (piece: string | undefined) => {
    const first = waiting.shift();
    if (first === undefined) next.push(piece);
    else first.resolve(piece);
  };
  const model = createScriptedModel({
    async *script() {
      for (;;) {
        const piece = next.length > 0 ? next.shift() : await take();
        if (piece === undefined) return;
        yield piece;
      }
    },
    ...options,
  });
  async function take(): Promise<string | undefined> {
    const wish = Promise.withResolvers<string | undefined>();
    waiting.push(wish);
    return await wish.promise;
  }
  return { model, say: (piece: string) => give(piece), done: () => give(undefined) };
}

/** A model that always says the same. */
export function openParrot(text = "Forty-two.", options: Partial<ScriptedModelOptions> = {}): ScriptedModel {
  return createScriptedModel({ script: () => text.match(/\S+\s*/g) ?? [], ...options });
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came back
export type SeenMessage = Record<string, any>;

/** Answers of bots in a room, oldest first. */
export async function answersIn(who: ApiPerson, room: { id: string }): Promise<readonly SeenMessage[]> {
  const { body } = await who.get(`/rooms/${room.id}/messages?limit=200`);
  return body.items.filter(({ answer }: SeenMessage) => answer !== undefined);
}

/** The room's nth answer once it is as wanted. */
export async function answered(
  who: ApiPerson,
  room: { id: string },
  fits: (answer: SeenMessage) => boolean = ({ answer }) => answer.state !== "growing",
  { nth = 0, deadlineMs = 10_000, what = "an answer" } = {},
): Promise<SeenMessage> {
  return await until(
    async () => {
      const found = (await answersIn(who, room))[nth];
      return found !== undefined && fits(found) ? found : undefined;
    },
    { deadlineMs, what },
  );
}
