import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { freshName, signUpPerson } from "../support/api-person.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { createPagePerson, pagePassword, signUpAtPage } from "../support/page-person.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const signUp = (name?: string) => signUpAtPage(gateway.url, name);

describe("without scripts", () => {
  test("one signs up, reads, writes, and a form sent twice is one message", async () => {
    const ana = await signUp();
    const lobby = await ana.visit("/rooms/lobby");
    const text = `hello from ${ana.name}`;
    const after = await ana.submit(lobby, "/rooms/lobby/messages", { text });
    expect([after.status, after.path]).toEqual([200, "/rooms/lobby#composer"]);
    const again = await ana.submit(lobby, "/rooms/lobby/messages", { text });
    expect(again.html.split(text)).toHaveLength(after.html.split(text).length);
    expect(after.html).toContain(text);
  });

  test("one signs out and in again, to where one wanted to go", async () => {
    const ana = await signUp();
    const inside = await ana.visit("/rooms");
    expect(inside.headers.get("cache-control")).toBe("no-store");
    const out = await ana.submit(inside, "/sign-out");
    expect(out.path).toBe("/");
    // What is left says that somebody signed in here, for the limits on tries, and not who.
    expect([...ana.cookies.keys()]).toEqual([expect.stringMatching(/_known$/)]);
    const asked = await ana.visit("/people");
    expect(asked.path).toBe("/sign-in?next=%2Fpeople");
    const back = await ana.submit(asked, "/sign-in", { name: ana.name, password: pagePassword });
    expect([back.status, back.path]).toEqual([200, "/people"]);
  });

  test("one makes, finds, joins and leaves rooms, and invites", async () => {
    const [ana, ben] = [await signUp(), await signUp()];
    const name = freshName("garden");
    const made = await ana.submit(await ana.visit("/rooms"), "/rooms", { name, visibility: "public" });
    expect(made.path).toBe(`/rooms/${name}`);
    const found = await ben.visit(`/rooms?q=${name}`);
    const joined = await ben.submit(found, `/rooms/${name}/join`);
    expect(joined.html).toContain(`action="/rooms/${name}/messages"`);
    const left = await ben.submit(await ben.visit(`/rooms/${name}/people`), `/rooms/${name}/leave`);
    expect(left.path).toBe("/rooms");
    const outside = await ben.visit(`/rooms/${name}`);
    expect(outside.html).not.toContain(`action="/rooms/${name}/messages"`);
    const invited = await ana.submit(await ana.visit(`/rooms/${name}/people`), `/rooms/${name}/invite`, {
      name: ben.name,
    });
    expect(invited.html).toContain(ben.name);
    const topic = await ana.submit(invited, `/rooms/${name}/topic`, { topic: "Roses & thorns" });
    expect(topic.html).toContain("Roses &amp; thorns");
  });

  test("one writes to one person", async () => {
    const [ana, ben] = [await signUp(), await signUp()];
    const people = await ana.visit(`/people?q=${ben.name}`);
    const direct = await ana.submit(people, "/direct", { name: ben.name });
    expect(direct.status).toBe(200);
    const text = `between us ${ana.name}`;
    await ana.submit(direct, `${direct.path}/messages`, { text });
    expect((await ben.visit(direct.path)).html).toContain(text);
    expect((await (await signUp()).visit(direct.path)).status).toBe(404);
  });

  test("one pages back to the first message and forward to the newest", async () => {
    const writer = await signUpPerson(gateway.url);
    const room = await writer.createRoom(freshName("long"));
    for (let n = 1; n <= 120; n++) await writer.post(room.id, `line ${n} end`);
    const reader = await signUp();
    await reader.visit(`/rooms/${room.slug}/join`, { method: "POST" });
    const seen: number[] = [];
    let path = `/rooms/${room.slug}`;
    for (;;) {
      const { html } = await reader.visit(path);
      seen.unshift(...[...html.matchAll(/line (\d+) end/g)].map(([, n]) => Number(n)));
      const older = /<a id="older" href="([^"]+)"/.exec(html)?.[1];
      if (older === undefined) break;
      path = older;
    }
    expect(seen).toEqual(Array.from({ length: 120 }, (_, n) => n + 1));

    const forward: number[] = [];
    path = `/rooms/${room.slug}?after=0`;
    for (;;) {
      const { html } = await reader.visit(path);
      forward.push(...[...html.matchAll(/line (\d+) end/g)].map(([, n]) => Number(n)));
      const newer = /<a id="newer" href="([^"]+)"/.exec(html)?.[1];
      if (newer === undefined) break;
      path = newer;
    }
    expect([...new Set(forward)].sort((a, b) => a - b)).toEqual(Array.from({ length: 120 }, (_, n) => n + 1));
    const permalink = await reader.visit(`/rooms/${room.slug}?at=60`);
    expect(permalink.html).toContain('id="m-60"');
  });

  test("reading is noted by the picture that only such a page asks for", async () => {
    const [ana, ben] = [await signUp(), await signUp()];
    const text = `news for ${ben.name}`;
    await ana.submit(await ana.visit("/rooms/lobby"), "/rooms/lobby/messages", { text });
    const page = await ben.visit("/rooms/lobby");
    const picture = /<noscript>[\s\S]*?<img src="([^"]+)"/.exec(page.html)?.[1] ?? "";
    const unread = async () =>
      (await gateway.ports.rooms.joinedBy((await gateway.ports.users.byKey(ben.name))!.id))[0]?.unread;
    const before = await unread();
    expect(before).toBeGreaterThan(0);
    const elsewhere = [
      {},
      { "sec-fetch-site": "cross-site", referer: `${gateway.url}/` },
      { "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "none" },
      { referer: "https://elsewhere.example/" },
      { referer: "not an address" },
    ];
    for (const headers of elsewhere) {
      expect([headers, (await ben.visit(picture, { headers })).status]).toEqual([headers, 403]);
      expect(await unread()).toBe(before);
    }
    // Over http to anything but this machine a browser says where it comes from in the Referer alone.
    const own = await ben.visit(picture, { headers: { referer: `${gateway.url}/rooms/lobby` } });
    expect(own.headers.get("content-type")).toBe("image/gif");
    expect(await unread()).toBe(0);
    expect((await ben.visit(picture, { headers: { "sec-fetch-site": "same-origin" } })).status).toBe(200);
  });

  test("a form that is refused comes back with what was typed and why", async () => {
    const ana = await signUp();
    const long = "x".repeat(17_000);
    const refused = await ana.submit(await ana.visit("/rooms/lobby"), "/rooms/lobby/messages", { text: long });
    expect(refused.status).toBe(413);
    expect(refused.html).toContain(long);
    expect(refused.html).toContain("at most 16384 bytes");
    const bad = await ana.submit(await ana.visit("/rooms"), "/rooms", { name: "a\u202Eb", visibility: "private" });
    expect(bad.status).toBe(422);
    expect(bad.html).toContain('value="a\u202Eb"');
  });
});

describe("safety of pages", () => {
  test("every answer carries the policy, and no page has inline script or style", async () => {
    const ana = await signUp();
    for (const path of ["/", "/rooms", "/people", "/sessions", "/rooms/lobby", "/rooms/lobby/people", "/nothing"]) {
      const { headers, html } = await ana.visit(path);
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toContain("script-src 'self'");
      expect(policy).not.toContain("unsafe");
      expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/i);
      expect(html).not.toMatch(/(?:src|href|action)="https?:/);
    }
  });

  test("HTML and script in a message, a topic and a name are shown, not run", async () => {
    const ana = await signUp();
    const evil = `<img src=x onerror=alert(1)><script>alert(2)</script>`;
    await ana.submit(await ana.visit("/rooms/lobby"), "/rooms/lobby/messages", { text: evil });
    const { html } = await ana.visit("/rooms/lobby");
    expect(html).not.toContain("<script>alert");
    expect(html).not.toContain("<img src=x");
    const bad = await createPagePerson(gateway.url).visit(
      `/sign-in?next=${encodeURIComponent('"><script>alert(1)</script>')}`,
    );
    expect(bad.html).not.toContain("<script>alert");
  });

  test("forms sent by another site are not carried out", async () => {
    const ana = await signUp();
    const lobby = await ana.visit("/rooms/lobby");
    for (const headers of [
      { origin: "https://evil.example" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site", origin: "http://127.0.0.1:1" },
    ]) {
      const { status } = await ana.submit(lobby, "/rooms/lobby/messages", { text: "forged" }, headers);
      expect(status).toBe(403);
    }
    expect((await ana.visit("/rooms/lobby")).html).not.toContain("forged");
  });

  test("signing in leads nowhere outside", async () => {
    for (const next of ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"]) {
      const ana = createPagePerson(gateway.url);
      const form = await ana.visit(`/sign-up?next=${encodeURIComponent(next)}`);
      const { path } = await ana.submit(form, "/sign-up", { name: freshName(), password: pagePassword, next });
      expect(path).toBe("/rooms/lobby");
    }
  });

  test("cookies are out of reach of scripts and other sites", async () => {
    const response = await fetch(`${gateway.url}/sign-up`, {
      method: "POST",
      body: new URLSearchParams({ name: freshName(), password: pagePassword }),
      redirect: "manual",
    });
    const cookies = response.headers.getSetCookie();
    expect(cookies).toHaveLength(3);
    for (const cookie of cookies) {
      expect(cookie).toContain("HttpOnly");
      expect(cookie).toContain("SameSite=Lax");
      expect(cookie).toContain("Path=/");
    }
  });

  test("a private room looks like none", async () => {
    const [ana, eve] = [await signUp(), await signUp()];
    const made = await ana.submit(await ana.visit("/rooms"), "/rooms", {
      name: freshName("secret"),
      visibility: "private",
    });
    const [real, none] = [await eve.visit(made.path), await eve.visit("/rooms/no-such-room")];
    expect([real.status, none.status]).toEqual([404, 404]);
    const text = (html: string) => html.replace(/[0-9a-f-]{36}|secret[\w-]*|no-such-room/g, "");
    expect(text(real.html)).toBe(text(none.html));
  });
});

describe("sessions of pages", () => {
  test.each([
    ["why=elsewhere", "You were signed out on another device."],
    [
      "why=elsewhere&dropped=1",
      "You were signed out on another device. What you had written and not sent was deleted from this browser.",
    ],
    ["why=here", "You signed out in another tab."],
    ["why=ended", "Your sign-in on this device has ended."],
    ["why=%3Cb%3E&dropped=1", undefined],
    ["", undefined],
  ])("the sign-in page says why one is asked: %p", async (query, sentence) => {
    const { html } = await createPagePerson(gateway.url).visit(`/sign-in?${query}`);
    expect(/<p class="notice" role="status">(.*?)<\/p>/.exec(html)?.[1]).toBe(sentence);
  });

  test("an expired access cookie is refreshed on the way, by several tabs at once too", async () => {
    const ana = await signUp();
    ana.drop("access");
    const tabs = await Promise.all([1, 2, 3].map(() => ana.visit("/rooms")));
    expect(tabs.map(({ path }) => path)).toEqual(["/rooms", "/rooms", "/rooms"]);
    ana.drop("access");
    expect((await ana.visit("/rooms")).path).toBe("/rooms");
  });

  test("are listed, and end one by one or all at once", async () => {
    const ana = await signUp();
    const phone = createPagePerson(gateway.url, ana.name);
    await phone.submit(await phone.visit("/sign-in"), "/sign-in", { name: ana.name, password: pagePassword });
    const list = await ana.visit("/sessions");
    const revoke = [...list.html.matchAll(/action="(\/sessions\/[0-9a-f-]+\/revoke)"/g)].map(
      ([, action = ""]) => action,
    );
    expect(revoke.length).toBeGreaterThan(0);
    for (const action of revoke.filter((_, n) => n === 0)) await ana.submit(list, action);
    const all = await createPagePerson(gateway.url, ana.name);
    await all.submit(await all.visit("/sign-in"), "/sign-in", { name: ana.name, password: pagePassword });
    const ended = await all.submit(await all.visit("/sessions"), "/sessions/revoke-all");
    expect(ended.path).toBe("/");
    const entrances = await Promise.all([ana, phone, all].map((who) => who.visit("/rooms")));
    const at = "/sign-in?next=%2Frooms";
    // Who signed out themselves is told nothing.
    expect(entrances.map(({ path }) => path)).toEqual([`${at}&why=ended`, `${at}&why=ended`, at]);
    expect(entrances.map(({ html }) => html.includes("Your sign-in on this device has ended."))).toEqual([
      true,
      true,
      false,
    ]);
  });
});
