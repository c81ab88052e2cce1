/** The rpc methods: a table, so that a use case of the domain becomes one by a line here. */
import { z } from "zod";
import { memberAccess } from "#domain/access-room.ts";
import { deleteMessage, editMessage } from "#domain/change-message.ts";
import { ChatError } from "#domain/errors.ts";
import { parseDraftIds, parseEventId } from "#domain/ids.ts";
import { markRead } from "#domain/mark-read.ts";
import { versionOf } from "#domain/message-version.ts";
import type { Ports } from "#domain/ports/index.ts";
import { react } from "#domain/react.ts";
import { stopAnswer } from "#domain/stop-answer.ts";
import { tellTyping } from "#domain/tell-typing.ts";
import type { Author } from "#domain/user.ts";
import { notHereOf } from "../api/shapes.ts";
import type { Log } from "../log.ts";
import { send } from "../send.ts";
import { CommandError, replyErrors } from "./codes.ts";

export interface MethodParts {
  readonly ports: Ports;
  readonly log: Log;
}

type Method = (parts: MethodParts, caller: Author, data: unknown) => Promise<unknown>;

const post = z.object({
  room: z.string(),
  text: z.string(),
  id: z.string().optional(),
  resend: z.boolean().optional(),
  replyTo: z.string().optional(),
});
const message = z.object({ room: z.string(), id: z.string() });
const change = message.extend({ ifMatch: z.string().optional() });
const reaction = message.extend({ emoji: z.string() });
const draft = post.omit({ room: true });

const methods: Readonly<Record<string, Method>> = {
  "message.post": method(post, postMessage),
  "message.edit": method(
    change.extend({ text: z.string() }),
    async ({ ports }, caller, { room, id, text, ifMatch }) => {
      const expected = ifMatch === undefined ? undefined : [ifMatch];
      const edited = await editMessage(ports, caller, { room, message: parseEventId(id) }, text, expected);
      return { version: versionOf(edited.message), ...notHereOf(edited) };
    },
  ),
  "message.delete": method(change, async ({ ports }, caller, { room, id, ifMatch }) => {
    const expected = ifMatch === undefined ? undefined : [ifMatch];
    await deleteMessage(ports, caller, { room, message: parseEventId(id) }, expected);
    return {};
  }),
  "reaction.add": method(reaction, async ({ ports }, caller, { room, id, emoji }) => {
    await react(ports, caller, { room, message: parseEventId(id) }, emoji, "added");
    return {};
  }),
  "reaction.remove": method(reaction, async ({ ports }, caller, { room, id, emoji }) => {
    await react(ports, caller, { room, message: parseEventId(id) }, emoji, "removed");
    return {};
  }),
  "bot.stop": method(message, async ({ ports }, caller, { room, id }) => {
    await stopAnswer(ports, caller, { room, message: parseEventId(id) });
    return {};
  }),
  "read.mark": method(
    z.object({ room: z.string(), offset: z.number() }),
    async ({ ports }, caller, { room, offset }) => {
      return (await markRead(ports, caller, room, offset)) ?? {};
    },
  ),
  typing: method(z.object({ room: z.string() }), async ({ ports }, { id, name }, { room: ref }) => {
    const { room } = await memberAccess(ports, { id, name }, ref);
    await tellTyping(ports, { id, name }, room.id);
    return {};
  }),
};

/** @throws CommandError method not found; what the method throws */
export async function callMethod(parts: MethodParts, caller: Author, name: string, data: unknown): Promise<unknown> {
  const called = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (called === undefined) throw new CommandError(replyErrors.methodNotFound);
  return await called(parts, caller, data);
}

/** What the publish command does: resolves when the message is durable. */
export async function publishTo(parts: MethodParts, caller: Author, room: string, data: unknown): Promise<void> {
  await postMessage(parts, caller, { ...parse(draft, data), room });
}

async function postMessage({ ports, log }: MethodParts, caller: Author, said: z.infer<typeof post>) {
  const sent = await send({ ports, log }, caller, { ...said, ...parseDraftIds(said) });
  return { id: sent.id, ...notHereOf(sent) };
}

function method<T>(
  shape: z.ZodType<T>,
  run: (parts: MethodParts, caller: Author, input: T) => Promise<unknown>,
): Method {
  return (parts, caller, data) => run(parts, caller, parse(shape, data));
}

function parse<T>(shape: z.ZodType<T>, data: unknown): T {
  const parsed = shape.safeParse(data);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join(".") || "data";
  throw new ChatError("invalid", `The field "${field}" does not fit: ${issue?.message ?? "see the documentation"}.`, {
    field,
  });
}
