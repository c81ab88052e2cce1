/** Believable people, rooms and messages for the gallery. */
import type { EventId, RoomId, UserId } from "#domain/ids.ts";
import type { Message, Note, TimelineEntry } from "#domain/message.ts";
import { excerptOf, type Quote } from "#domain/quote.ts";
import type { JoinedRoom, Room, RoomAccess, Visibility } from "#domain/room.ts";
import type { Author, User } from "#domain/user.ts";
import type { PersonHere } from "#views/chrome.ts";

export const now = Date.parse("2026-11-21T15:20:00.000Z");

export const uuid = (n: number, version = 4): string =>
  `0193${n.toString(16).padStart(4, "0")}-1a2b-${version}c3d-8e4f-${(n * 7919).toString(16).padStart(12, "0")}`;

export const eventId = (n: number): EventId => uuid(n, 7) as EventId;

const names = [
  "ana",
  "Bo.Lindqvist",
  "chiara",
  "devon_k",
  "Eszter",
  "farid",
  "Grace-Hopper",
  "日本太郎",
  "ivan",
  "superchat",
];
export const people: readonly User[] = names.map((name, index) => ({
  id: uuid(index + 1) as UserId,
  name,
  kind: name === "superchat" ? "bot" : "person",
  createdAt: "2026-10-02T09:00:00.000Z",
}));

export const person = (name: string): User => people.find((one) => one.name === name) ?? (people[0] as User);
export const me = person("ana");
export const here: readonly PersonHere[] = people.map(({ id, name }, index) => ({ id, name, online: index % 3 !== 1 }));

export function makeRoom(
  n: number,
  name: string,
  visibility: Visibility = "public",
  topic = "",
  memberCount = 10,
): Room {
  const createdAt = "2026-10-02T09:00:00.000Z";
  const slug = name.toLowerCase().replaceAll(" ", "-");
  return {
    id: uuid(100 + n) as RoomId,
    slug,
    name,
    topic,
    visibility,
    memberCount,
    createdBy: uuid(1) as UserId,
    createdAt,
    epoch: "e1",
    offset: 80,
  };
}

export const lobby = makeRoom(1, "lobby", "public", "Say hello, ask anything. Be kind; assume the best.", 248);
const rooms: readonly (readonly [Room, number, number, User?])[] = [
  [lobby, 0, 0],
  [makeRoom(2, "book club", "public", "November: The Left Hand of Darkness"), 3, 1],
  [makeRoom(3, "garden", "public", "Seeds, slugs and successes"), 12, 0],
  [makeRoom(4, "organisers", "private", "Before it is announced"), 0, 0],
  [makeRoom(5, "release-notes-and-everything-about-them", "public"), 100, 0],
  [makeRoom(6, "typography"), 0, 0],
  [makeRoom(7, "direct-1", "direct"), 2, 2, person("Bo.Lindqvist")],
  [makeRoom(8, "direct-2", "direct"), 0, 0, person("Grace-Hopper")],
  [makeRoom(9, "direct-3", "direct"), 0, 0, person("chiara")],
];

export const joined: readonly JoinedRoom[] = rooms.map(([room, unread, mentions, peer]) => ({
  room,
  unread,
  mentions,
  peer,
  membership: { user: me.id, room: room.id, joinedAt: room.createdAt, readOffset: 31 },
}));

export const accessTo = (name: string): RoomAccess =>
  joined.find(({ room }) => room.name === name) ?? (joined[0] as JoinedRoom);
/** One of one's own, with reactions. */
export const ownMessage = (): Message => {
  for (const entry of conversation)
    if (entry.kind === "message" && entry.message.author.id === me.id) return entry.message;
  throw new Error("the conversation has one");
};
export const outside: RoomAccess = {
  room: makeRoom(20, "woodwork", "public", "Joints, jigs and planes", 31),
  membership: undefined,
  peer: undefined,
};

function message(offset: number, author: Author, at: string, text: string, more: Partial<Message> = {}): TimelineEntry {
  const { id, name } = author;
  return {
    kind: "message",
    message: { id: eventId(offset), room: lobby.id, offset, author: { id, name }, text, at, mentions: [], ...more },
  };
}

/** What a reply to an earlier message says of it. */
export function quote(offset: number, { id, name }: Author, text: string): Quote {
  const head = { id: eventId(offset), offset, author: { id, name }, text: excerptOf(text) };
  return text === "" ? { ...head, deleted: true } : head;
}

function note(offset: number, author: Author, at: string, body: object): TimelineEntry {
  return { kind: "note", event: { id: eventId(offset), room: lobby.id, offset, author, at, ...body } as Note };
}

const [ana, bo, chiara, devon] = [me, person("Bo.Lindqvist"), person("chiara"), person("devon_k")];
const day1 = (time: string): string => `2026-11-20T${time}:00.000Z`;
const day2 = (time: string): string => `2026-11-21T${time}:00.000Z`;
const code = [
  "Found it. The cursor was a *time*, so two messages in one millisecond became one:",
  "```ts\n// before\nconst rows = await db.after(lastSeenAt);\n// after: the room's own offset, without holes\nconst rows = await db.after(room.id, offset, { limit: 50 });\n```",
].join("\n");

export const opened = note(1, person("superchat"), day1("08:00"), { type: "room.created", name: "lobby" });

export const conversation: readonly TimelineEntry[] = [
  message(
    20,
    bo,
    day1("16:40"),
    "Good afternoon, everyone. The autumn meetup is on **Saturday the 28th**, usual place.",
  ),
  message(21, bo, day1("16:41"), "I'll bring the projector. Could somebody bring an adapter?"),
  message(22, chiara, day1("16:43"), "I have three. Don't ask why I have three.", {
    reactions: [{ emoji: "😂", users: [bo.id, devon.id] }],
  }),
  note(23, devon, day1("17:02"), { type: "member.joined", member: devon }),
  message(24, devon, day1("17:03"), "Hello! Just moved to town. What is this place like on a quiet evening?"),
  message(25, person("Eszter"), day1("17:05"), ":wave:"),
  message(26, person("Eszter"), day1("17:06"), "Like a library whose librarian tells jokes.", {
    replyTo: quote(24, devon, "Hello! Just moved to town. What is this place like on a quiet evening?"),
  }),
  note(27, bo, day2("09:12"), {
    type: "room.topic-changed",
    topic: "Say hello, ask anything. Be kind; assume the best.",
  }),
  message(
    28,
    ana,
    day2("09:30"),
    "Morning! I read the notes from last time, here is what is still open:\n\n1. a room for the reading group\n2. who keeps the keys in December\n3. ~~the heating~~ (fixed, thank you @farid)",
    { mentions: [person("farid").id] },
  ),
  message(29, ana, day2("09:31"), "The full list is at https://wiki.example.org/meetups/2026-11?view=open", {
    reactions: [
      { emoji: "👍", users: [ana.id, bo.id, devon.id] },
      { emoji: "👩‍🚀", users: [chiara.id] },
    ],
  }),
  message(31, person("日本太郎"), day2("11:15"), "おはようございます。鍵は私が預かります。"),
  message(32, devon, day2("14:02"), code),
  message(33, devon, day2("14:03"), "@ana you had the same thing in the importer, didn't you?", { mentions: [ana.id] }),
  message(34, person("Grace-Hopper"), day2("14:20"), "The most dangerous phrase: *we've always done it this way.*"),
  message(
    35,
    chiara,
    day2("15:10"),
    "| what | who | when |\n|:--|:-:|--:|\n| adapter | me | Sat 17:30 |\n| projector | Bo | Sat 18:00 |",
  ),
  message(36, bo, day2("15:18"), "Perfect, see you there. Use `HDMI`, the other port is dead.", {
    replyTo: quote(21, bo, "I'll bring the projector. Could somebody bring an adapter?"),
  }),
];

/** Of many who came in a row, one page folds. */
export const comings: readonly TimelineEntry[] = [
  ...conversation.slice(0, 3),
  ...people.slice(2, 9).map((one, n) => note(24 + n, one, day1("17:00"), { type: "member.joined", member: one })),
  note(31, devon, day1("17:10"), { type: "member.left", member: devon }),
  message(32, chiara, day1("17:20"), "Welcome, all of you."),
];

const wide: User = { ...me, id: uuid(60) as UserId, name: "W".repeat(32) };
const zalgo = `Z${"\u0315\u0335\u0489\u0300".repeat(4)}a${"\u0330\u0331\u0332".repeat(5)}lgo`;

/** What breaks layouts: endless words and names, marks that climb, both directions, wide code and tables. */
export const rough: readonly TimelineEntry[] = [
  message(40, wide, day2("15:00"), `${"W".repeat(300)} ${zalgo}`),
  message(41, wide, day2("15:01"), `https://example.org/${"path/".repeat(60)}`),
  message(42, bo, day2("15:02"), "שלום לכולם, זה `code` באמצע.\n\nAnd then left to right.", {
    replyTo: quote(40, wide, "W".repeat(300)),
  }),
  message(43, bo, day2("15:03"), `\`\`\`json\n{ "key": "${"value ".repeat(60)}" }\n\`\`\``, {
    replyTo: quote(42, bo, "שלום לכולם ".repeat(20)),
  }),
  message(44, chiara, day2("15:04"), `|${"column|".repeat(14)}\n|${"-|".repeat(14)}\n|${"cell|".repeat(14)}`, {
    replyTo: quote(39, chiara, ""),
  }),
  message(
    45,
    chiara,
    day2("15:05"),
    "- one\n  - two\n    - three\n      - four\n\n> quote\n>> in a quote\n\n---\n\n# A heading",
  ),
  note(46, wide, day2("15:06"), { type: "room.topic-changed", topic: "T".repeat(200) }),
];
export const roughRoom: RoomAccess = {
  ...accessTo("lobby"),
  room: makeRoom(30, "M".repeat(48), "private", "topic ".repeat(33), 12_345),
};
