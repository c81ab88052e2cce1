/** The operator's bots in a process: makes sure of their accounts, then answers. The same in a cluster and in a process of its own. */
import { ensureBot } from "#domain/accounts.ts";
import { whileUnavailable } from "#domain/back-off.ts";
import { isChatError } from "#domain/errors.ts";
import type { LanguageModel } from "#domain/ports/language-model.ts";
import { lobbySlug } from "#domain/room.ts";
import { enterRoom } from "#domain/write-answer.ts";
import { type Bot, type BotPorts, startBot } from "./bot.ts";
import type { BotSettings } from "./config.ts";
import type { Persona } from "./job.ts";

type Report = (what: string, error: unknown) => void;

/** @throws ChatError conflict when a bot's name belongs to a person */
export async function runBots(
  ports: BotPorts,
  model: LanguageModel,
  { bots, ...limits }: BotSettings,
  report: Report,
): Promise<Bot> {
  const personas: Persona[] = [];
  for (const { name, system } of bots) personas.push({ user: await ensureBot(ports, name), system });
  const bot = await startBot(ports, model, { ...limits, personas, pen: ports.ids.next(), report });
  const ending = new AbortController();
  void greet(ports, personas, ending.signal).catch((error) => report("the lobby was not joined", error));
  let ended: Promise<void> | undefined;
  return {
    close() {
      ending.abort();
      ended ??= bot.close();
      return ended;
    },
  };
}

/** Where everybody starts they see whom they can ask. A gateway may still be making the room. */
async function greet(ports: BotPorts, personas: readonly Persona[], stop: AbortSignal): Promise<void> {
  for (const { user } of personas) {
    await whileUnavailable(() => enterRoom(ports, user, lobbySlug), { stop }).catch((error: unknown) => {
      if (!stop.aborted && !isChatError(error, "not-found")) throw error;
    });
  }
}
