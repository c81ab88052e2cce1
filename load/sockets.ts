/** Memory of a standalone process, idle and with a thousand page sockets that show a room. */
import { signUpPerson } from "../tests/support/api-person.ts";
import { openLive } from "../tests/support/live-page.ts";
import type { Figure } from "./figure.ts";
import { residentMiB } from "./process-usage.ts";

const sockets = 1_000;
const people = 50;
const settleMs = 3_000;

export async function measureSockets(url: string, pid: number): Promise<readonly Figure[]> {
  await Bun.sleep(settleMs);
  const idle = residentMiB(pid);
  const who = await Promise.all(Array.from({ length: people }, () => signUpPerson(url)));
  await Bun.sleep(settleMs);
  const before = residentMiB(pid);
  const from = performance.now();
  const pages = [];
  for (let n = 0; n < sockets; n++) {
    const page = await openLive(url, { cookie: `superchat_access=${who[n % people]?.token}`, query: "?room=lobby" });
    pages.push(page);
  }
  await Promise.all(pages.map((page) => page.frame(({ unread }) => unread !== undefined)));
  const openedIn = (performance.now() - from) / 1000;
  await Bun.sleep(settleMs);
  const after = residentMiB(pid);
  for (const page of pages) page.close();
  return [
    { what: "memory, idle after start", value: idle, unit: "MiB" },
    { what: `memory with ${people} people signed up (password hashing)`, value: before, unit: "MiB" },
    { what: `memory with ${sockets} page sockets`, value: after, unit: "MiB" },
    { what: "memory per page socket", value: ((after - before) * 1024) / sockets, unit: "KiB" },
    { what: `opening ${sockets} page sockets one after the other`, value: openedIn, unit: "s" },
  ];
}
