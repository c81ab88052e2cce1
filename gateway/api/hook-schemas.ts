/** What the API takes and gives about webhooks, as zod schemas. */
import { z } from "zod";
import { maxHookUrlLength } from "#domain/hook.ts";
import { credentials, exampleId, time, user } from "./schemas.ts";

const head = { id: z.uuid(), room: z.uuid(), createdAt: time };
const orNull = <T extends z.ZodType>(schema: T, means: string) =>
  z.union([schema, z.null()]).meta({ description: means });

const incomingHook = z
  .object({ ...head, kind: z.literal("incoming"), bot: user.meta({ description: "Who it posts as." }) })
  .meta({ id: "IncomingHook", description: "Posts what is sent to its address." });

const outgoingHook = z
  .object({
    ...head,
    kind: z.literal("outgoing"),
    url: z.string().meta({ description: "Where events go." }),
    state: z.enum(["on", "off"]).meta({ description: "Off after three days of failure, or after a 410." }),
    position: z.int().min(0).meta({ description: "Offset of the newest event that was taken there." }),
    failingSince: orNull(time, "Of the first try that failed; null while all is well."),
    lastSuccessAt: orNull(time, "Null before the first."),
    lastFailure: orNull(z.object({ at: time, reason: z.string() }), "Null before the first."),
    nextTryAt: time,
  })
  .meta({ id: "OutgoingHook", description: "Sends what happens in the room to an address." });

export const hookList = z
  .object({ items: z.array(z.discriminatedUnion("kind", [incomingHook, outgoingHook])).readonly(), next: z.null() })
  .meta({ id: "HookList" });
export const incomingAnswer = z
  .object({
    hook: incomingHook,
    url: z.string().meta({ description: "Where to post to. A secret, shown only once." }),
  })
  .meta({ id: "IncomingHookAnswer" });
export const outgoingMade = z
  .object({
    hook: outgoingHook,
    secret: z.string().meta({ description: "Signs what is sent: whsec_ and a key in base64. Shown only once." }),
  })
  .meta({ id: "OutgoingHookMade" });
export const outgoingAnswer = z.object({ hook: outgoingHook }).meta({ id: "OutgoingHookAnswer" });

export const incomingInput = z
  .object({ name: credentials.shape.name })
  .meta({ id: "IncomingHookInput", examples: [{ name: "build-bot" }] });
export const outgoingInput = z
  .object({
    url: z.string().meta({ description: "http or https.", format: "uri", maxLength: maxHookUrlLength }),
  })
  .meta({ id: "OutgoingHookInput", examples: [{ url: "https://example.org/hook" }] });

export const hookId = { means: "A webhook's id.", example: exampleId };
