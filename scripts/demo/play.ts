/** Says what the script says: at once, or in the time it takes. What was said before is not said again. */
import { refused } from "./account.ts";
import type { Community } from "./community.ts";
import { keepOnline, type Online } from "./online.ts";
import { demoScript, type Line } from "./script.ts";

export interface Said {
  readonly fresh: number;
  /** Of an earlier run. */
  readonly known: number;
}

/** The next lines, rooms beside each other, each in order. */
export async function backfill(community: Community, script: Iterator<Line>, count: number): Promise<Said> {
  const byRoom = Map.groupBy(
    Array.from({ length: count }, () => script.next().value as Line),
    ({ room }) => room,
  );
  let fresh = 0;
  await Promise.all(
    [...byRoom.values()].map(async (lines) => {
      for (const line of lines) if (await say(community, line)) fresh += 1;
    }),
  );
  return { fresh, known: count - fresh };
}

/** How many lines tell how long a day of theirs takes. */
const sampleLines = 2_000;
const typingMs = 2_500;

/** @param rate messages a minute, in the long run */
export async function goOn(community: Community, script: Iterator<Line>, rate: number): Promise<never> {
  const pace = paceOf(rate);
  const online = await Promise.all(
    [...community.accounts.values()].map(
      async (account) => [account, await keepOnline(community.url, account)] as const,
    ),
  );
  const byName = new Map<string, Online>(online.map(([account, socket]) => [account.name, socket]));
  let before: Line | undefined;
  let waits = false;
  for (;;) {
    const line = script.next().value as Line;
    const room = community.rooms.get(line.room) ?? "";
    if (waits && before !== undefined) {
      const waitMs = (line.atMs - before.atMs) * pace;
      await Bun.sleep(Math.max(0, waitMs - typingMs));
      const account = community.accounts.get(line.person);
      if (waitMs >= typingMs && account !== undefined) byName.get(account.name)?.type(room);
      await Bun.sleep(Math.min(waitMs, typingMs));
    }
    before = line;
    // What an interrupted run has said is passed over without waiting.
    waits = await say(community, line);
  }
}

/** How much real time passes for a moment of theirs. The time of day of one community is as good as another's. */
export function paceOf(rate: number): number {
  const script = demoScript({ seed: "pace", people: 24, rooms: 8 });
  const last = Array.from({ length: sampleLines }, () => script.next().value).at(-1);
  return (sampleLines * 60_000) / rate / (last?.atMs ?? 1);
}

/** @returns whether it was new */
export async function say(community: Community, line: Line): Promise<boolean> {
  const { accounts, rooms } = community;
  const { id, room, person, text, replyTo } = line;
  const account = accounts.get(person);
  if (account === undefined) throw new Error(`There is nobody called ${person}.`);
  const body = { id, text: withRealNames(accounts, text), resend: true, ...(replyTo && { replyTo }) };
  const answer = await account.call("POST", `/rooms/${rooms.get(room)}/messages`, body);
  // Somebody may have deleted what this answers.
  if (answer.body?.field === "replyTo") {
    const { replyTo: _gone, ...alone } = line;
    return await say(community, alone);
  }
  if (answer.status === 201 || answer.status === 200) return answer.status === 201;
  throw refused(`what ${account.name} said in ${room}`, answer);
}

function withRealNames(accounts: Community["accounts"], text: string): string {
  let real = text;
  for (const [name, account] of accounts)
    if (name !== account.name)
      real = real.replaceAll(new RegExp(`@${RegExp.escape(name)}(?![\\w.-]*\\w)`, "g"), `@${account.name}`);
  return real;
}
