/** What comes in: the process's settings, and the bodies of Ollama's API as far as they matter here. */
import { z } from "zod";

export const settingsShape = z.object({
  /** 0 is any free one. */
  port: z.number(),
  /** Where engine and models are kept. */
  folder: z.string(),
  /** A name of the catalogue, "auto", or the path of a file. */
  model: z.string(),
  /** A file that the operator offers instead of the catalogue. */
  source: z.object({ url: z.string(), sha256: z.string() }).optional(),
  contextTokens: z.number(),
  threads: z.number(),
  /** Ends with whoever holds the other end of its standard input. */
  endsWithInput: z.boolean(),
  /** Ends when the model goes for lack of questions: all memory is free then. */
  endsWhenIdle: z.boolean(),
});
export type EmbeddedSettings = z.infer<typeof settingsShape>;

const mostMessages = 1_000;
const mostTokens = 4_096;

export const namedShape = z.object({ model: z.string().optional(), name: z.string().optional() });

export const optionsShape = z
  .object({
    num_ctx: z.number().int().min(128).max(131_072).optional(),
    num_predict: z.number().int().max(mostTokens).optional(),
    num_thread: z.number().int().min(1).max(512).optional(),
    temperature: z.number().min(0).max(10).optional(),
    seed: z.number().int().optional(),
  })
  .default({});

const keepAlive = z.union([z.number(), z.string().regex(/^-?\d+(ms|s|m|h)?$/)]).optional();

export const chatShape = z.object({
  model: z.string(),
  messages: z
    .array(z.object({ role: z.enum(["system", "user", "assistant"]), content: z.string() }))
    .max(mostMessages)
    .default([]),
  stream: z.boolean().default(true),
  options: optionsShape,
  keep_alive: keepAlive,
});
export type ChatBody = z.infer<typeof chatShape>;

export const generateShape = z.object({
  model: z.string(),
  prompt: z.string().default(""),
  system: z.string().optional(),
  stream: z.boolean().default(true),
  options: optionsShape,
  keep_alive: keepAlive,
});

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const defaultKeepMs = 5 * 60_000;

/** A number is seconds; undefined is Ollama's five minutes; negative is for ever. */
export function keepMsOf(keep: string | number | undefined): number {
  if (keep === undefined) return defaultKeepMs;
  if (typeof keep === "number") return keep * 1_000;
  const [, digits, unit] = /^(-?\d+)(ms|s|m|h)?$/.exec(keep) ?? [];
  return Number(digits) * (unitMs[unit ?? "s"] ?? 1_000);
}
