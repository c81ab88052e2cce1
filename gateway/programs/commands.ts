/** The JSON of the Centrifuge client protocol as it comes in: commands, parsed or refused. */
import { z } from "zod";
import { Disconnect, ends } from "./codes.ts";

/** Longest name of a channel that is looked at. */
const maxChannelLength = 255;

const offset = z.int().min(0).default(0);
const epoch = z.string().default("");
const channel = z.string().max(maxChannelLength);
const inChannel = z.object({ channel });
/** JSON of the chat's own: looked into by whoever takes it. */
const data = z.unknown().optional();

const command = z.object({
  id: z.int().min(0).max(0xffff_ffff).default(0),
  connect: z.object({ token: z.string().default("") }).optional(),
  refresh: z.object({ token: z.string().default("") }).optional(),
  subscribe: z
    .object({ channel, recover: z.boolean().default(false), epoch, offset, flag: z.int().default(0) })
    .optional(),
  unsubscribe: inChannel.optional(),
  publish: z.object({ channel, data }).optional(),
  presence: inChannel.optional(),
  presence_stats: inChannel.optional(),
  history: z
    .object({
      channel,
      limit: z.int().default(0),
      since: z.object({ offset, epoch }).nullish(),
      reverse: z.boolean().default(false),
    })
    .optional(),
  ping: z.object({}).optional(),
  rpc: z.object({ method: z.string().default(""), data }).optional(),
  send: z.unknown().optional(),
  sub_refresh: z.object({}).optional(),
});

export type Command = z.infer<typeof command>;
export type CommandOf<Name extends keyof Command> = Exclude<Command[Name], undefined>;

/** Several commands share a frame, one on each line. */
export function linesOf(frame: string): readonly string[] {
  return frame.split("\n").filter((line) => line.trim() !== "");
}

/** @throws Disconnect bad request when it is no command of the protocol */
export function parseCommand(line: string): Command {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    throw new Disconnect(ends.badRequest);
  }
  const parsed = command.safeParse(json);
  if (!parsed.success) throw new Disconnect(ends.badRequest);
  return parsed.data;
}

/** The answer to a ping: a command without anything. */
export function isPong({ id, send }: Command): boolean {
  return id === 0 && send === undefined;
}
