/**
 * What the API takes and gives, as zod schemas; messages and events are in message-schemas.ts. Limits that the domain checks with a sentence of its own stand here as
 * documentation only, in meta. What is not here is not given: a test compares every answer.
 */
import { z } from "zod";
import { maxRequestMessages } from "#domain/direct-requests.ts";
import { defaultTokenDays, maxTokenDays, maxTokenNameLength, scopes } from "#domain/program-token.ts";
import { maxRoomNameLength, maxTopicLength, maxUnread } from "#domain/room.ts";
import { maxNameLength, maxPasswordLength, minPasswordLength } from "#domain/user.ts";

export const exampleId = "019a8f3c-1d2e-7c4b-9f60-5a1b2c3d4e5f";

export const id = z.uuid();
export const time = z.iso.datetime({ precision: 3 }).meta({ description: "RFC 3339 in UTC, with milliseconds." });
const count = z.int().min(0);
export const offset = z.int().min(0).meta({ description: "A place in the room's own sequence 1, 2, 3 …" });
export const epoch = z
  .string()
  .meta({ description: "Names one life of the room's offsets. Another one: read the room anew." });
export const list = <T extends z.ZodType>(item: T) => z.array(item).readonly();
const next = (means: string) => z.union([z.string(), z.null()]).meta({ description: means });

export const user = z.object({ id, name: z.string() }).meta({ id: "User", description: "A person or a bot." });
export const userAnswer = z.object({ user }).meta({ id: "UserAnswer" });

export const signedIn = z
  .object({
    user,
    accessToken: z.string().meta({ description: "A JWT, for the Authorization header." }),
    refreshToken: z.string().meta({ description: "Exchanged once for the next pair of tokens." }),
    expiresIn: z.int().min(1).meta({ description: "Seconds until the access token expires." }),
  })
  .meta({ id: "SignedIn" });

const session = z
  .object({
    id,
    createdAt: time,
    lastSeenAt: time,
    device: z.string().meta({ description: "What the device calls itself (User-Agent)." }),
    current: z.boolean().meta({ description: "Whether this call came by it." }),
  })
  .meta({ id: "Session", description: "A sign-in on one device." });
export const sessionList = z.object({ items: list(session), next: z.null() }).meta({ id: "SessionList" });

const roomFields = {
  id,
  slug: z.string().meta({ description: "The readable name in addresses; works wherever a room's id does." }),
  name: z.string(),
  topic: z.string(),
  visibility: z.enum(["public", "private", "direct"]),
  memberCount: count,
  createdAt: time,
  epoch,
  offset: offset.meta({ description: "Of the newest event." }),
  request: z
    .enum(["sent", "received"])
    .optional()
    .meta({
      description: `A direct room whose other person has not accepted it yet: until then its sender may post ${maxRequestMessages} messages.`,
    }),
};
const room = z.object(roomFields).meta({ id: "Room" });
export const roomAnswer = z.object({ room }).meta({ id: "RoomAnswer" });

const upToMost = `Counted up to ${maxUnread}.`;
const listedRoom = z
  .object({
    ...roomFields,
    joined: z.boolean().optional().meta({ description: "In the directory: whether you are a member." }),
    unread: count.optional().meta({ description: `In your own list: messages of others since you read. ${upToMost}` }),
    mentions: count.optional().meta({ description: `In your own list: how many of those name you. ${upToMost}` }),
    readOffset: offset.optional().meta({ description: "In your own list: how far you have read." }),
  })
  .meta({ id: "ListedRoom" });
export const roomList = z
  .object({ items: list(listedRoom), next: next("Give it as cursor for the next page; null after the last.") })
  .meta({ id: "RoomList" });

const invitation = z
  .object({
    kind: z.enum(["room", "direct"]).meta({ description: "An invitation to a room, or a message request." }),
    room: z.object({
      id,
      slug: roomFields.slug,
      name: roomFields.name,
      visibility: roomFields.visibility,
    }),
    by: user,
    at: time,
  })
  .meta({ id: "Invitation", description: "Accept it by joining the room, decline it by leaving the room." });
export const invitationList = z.object({ items: list(invitation), next: z.null() }).meta({ id: "InvitationList" });
export const invitedAnswer = z.object({ invited: z.literal(true) }).meta({ id: "InvitedAnswer" });

const member = z.object({ id, name: z.string(), online: z.boolean() }).meta({ id: "Member" });
export const memberList = z
  .object({ items: list(member), next: next("Give it as cursor for the next page; null after the last.") })
  .meta({ id: "MemberList" });

const token = z
  .object({
    id,
    name: z.string(),
    user: user.meta({ description: "Who the program speaks as: you, or a bot of yours." }),
    scopes: list(z.enum(scopes)),
    createdAt: time,
    expiresAt: time,
    lastUsedAt: z.union([time, z.null()]).meta({ description: "To the minute; null if never." }),
  })
  .meta({ id: "ProgramToken" });
export const tokenList = z.object({ items: list(token), next: z.null() }).meta({ id: "ProgramTokenList" });
export const tokenAnswer = z
  .object({ token, secret: z.string().meta({ description: "What the program sends. Shown only once." }) })
  .meta({ id: "ProgramTokenAnswer" });
export const botAnswer = z.object({ bot: user }).meta({ id: "Bot" });
export const botList = z.object({ items: list(user), next: z.null() }).meta({ id: "BotList" });

export const credentials = z
  .object({
    name: z.string().meta({
      description: "Letters, digits, dots, dashes and underscores; starts with a letter or digit.",
      minLength: 1,
      maxLength: maxNameLength,
    }),
    password: z.string().meta({ minLength: minPasswordLength, maxLength: maxPasswordLength }),
  })
  .meta({ id: "Credentials", examples: [{ name: "ana", password: "correct horse battery" }] });

export const refreshInput = z
  .object({
    refreshToken: z.string(),
    again: z.boolean().optional().meta({ description: "The answer to the last exchange of this token was lost." }),
  })
  .meta({ id: "RefreshInput", examples: [{ refreshToken: "$REFRESH_TOKEN" }] });

export const roomInput = z
  .object({
    name: z.string().meta({ minLength: 1, maxLength: maxRoomNameLength }),
    visibility: z.string().meta({ enum: ["public", "private"] }),
  })
  .meta({ id: "RoomInput", examples: [{ name: "Tea room", visibility: "public" }] });

export const roomChange = z
  .object({ topic: z.string().meta({ maxLength: maxTopicLength }) })
  .meta({ id: "RoomChange", examples: [{ topic: "Everything about tea" }] });

export const directInput = z
  .object({
    userIds: z
      .array(z.string().meta({ format: "uuid" }))
      .min(1)
      .max(16)
      .meta({ description: "The other person; you may be named too." }),
  })
  .meta({ id: "DirectInput", examples: [{ userIds: [exampleId] }] });

export const tokenInput = z
  .object({
    name: z.string().meta({ description: "What it is for.", minLength: 1, maxLength: maxTokenNameLength }),
    scopes: z.array(z.enum(scopes)).min(1).max(scopes.length),
    expiresInDays: z.int().optional().meta({ default: defaultTokenDays, minimum: 1, maximum: maxTokenDays }),
    bot: z.string().optional().meta({ description: "The id of a bot of yours to speak as.", format: "uuid" }),
  })
  .meta({ id: "ProgramTokenInput", examples: [{ name: "nightly export", scopes: ["rooms:read", "messages:read"] }] });

export const botInput = z
  .object({ name: credentials.shape.name })
  .meta({ id: "BotInput", examples: [{ name: "weather-bot" }] });
