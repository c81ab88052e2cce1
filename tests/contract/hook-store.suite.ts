/** What every store of webhooks promises: found by hash, listed for the room, and each due one claimed by one at a time. */
import { beforeEach, describe, expect, test } from "bun:test";
import { type IncomingHook, maxHooksPerRoom, type OutgoingHook, slowAfterMs } from "#domain/hook.ts";
import type { EventId, HookId, UserId } from "#domain/ids.ts";
import type { ClaimLimits } from "#domain/ports/index.ts";
import type { User } from "#domain/user.ts";
import { upTo } from "../support/claims.ts";
import {
  addPerson,
  countKept,
  expectCode,
  newId,
  type OpenStores,
  openStory,
  type Stores,
  type Story,
  word,
} from "./store-world.ts";

/** Before all that other tests of a shared database wait for, so that their hooks are never due here. */
let day = Date.parse("2001-01-01T00:00:00.000Z");

export function hookStoreSuite(name: string, open: OpenStores): void {
  describe(`hook store: ${name}`, () => {
    let stores: Stores;
    let ada: User;
    let story: Story;
    let at: (ms: number) => string;

    beforeEach(async () => {
      stores = await open();
      ada = await addPerson(stores);
      story = await openStory(stores, ada, [ada]);
      // Each test lives on a day before those of the tests before it.
      day -= 86_400_000;
      const own = day;
      at = (ms) => new Date(own + ms).toISOString();
    });

    async function addIncoming(ms: number) {
      const bot: User = { id: newId<UserId>(), name: word("Bot"), kind: "bot", createdAt: at(0), owner: ada.id };
      await stores.users.create(bot, undefined);
      const head = { id: newId<HookId>(), room: story.room.id, createdBy: ada.id, createdAt: at(ms) };
      const hook: IncomingHook = { ...head, kind: "incoming", bot: bot.id };
      const hash = word("hash");
      await stores.hooks.createIncoming(hook, hash);
      return { hook, hash, bot };
    }

    async function addOutgoing(ms: number, position: number, own: Story = story, fields: Partial<OutgoingHook> = {}) {
      const head = { id: newId<HookId>(), room: own.room.id, createdBy: ada.id, createdAt: at(ms) };
      const hook: OutgoingHook = {
        ...head,
        kind: "outgoing",
        url: "https://hooks.example/room",
        position,
        state: "on",
        failures: 0,
        nextTryAt: at(ms),
        ...fields,
      };
      await stores.hooks.createOutgoing(hook, `sealed ${hook.id}`);
      return hook;
    }

    const claim = (ms: number, lease: string, limit = 10, others: Partial<ClaimLimits> = {}) =>
      stores.hooks.claim(at(ms), at(ms + 60_000), lease, upTo(limit, others));
    const idsOf = (claims: readonly { readonly hook: OutgoingHook }[]) => claims.map(({ hook }) => hook.id);
    const standingOf = ({ position, state, failures, nextTryAt }: OutgoingHook) => ({
      position,
      state,
      failures,
      nextTryAt,
    });

    test("an incoming hook is found by its hash, with whom it posts as", async () => {
      const { hook, hash, bot } = await addIncoming(1);
      expect(await stores.hooks.byHash(hash)).toEqual({ hook, bot });
      expect(await stores.hooks.byHash(word("hash"))).toBeUndefined();
      await expectCode(stores.hooks.createIncoming(hook, word("hash")), "conflict");
    });

    test("a room's are listed newest first, and removed only from their room", async () => {
      const [one, two] = [(await addIncoming(1)).hook, await addOutgoing(2, 0)];
      const other = await openStory(stores, ada, [ada]);
      await addOutgoing(3, 0, other);
      expect(await stores.hooks.listOf(story.room.id)).toEqual([two, one]);
      await expectCode(stores.hooks.createOutgoing(two, "again"), "conflict");
      for (const { id } of [one, two]) {
        expect(await stores.hooks.remove(other.room.id, id)).toBe(false);
        expect(await stores.hooks.remove(story.room.id, id)).toBe(true);
        expect(await stores.hooks.remove(story.room.id, id)).toBe(false);
      }
      expect(await stores.hooks.listOf(story.room.id)).toEqual([]);
    });

    test("of 50 that come at once, of both kinds, a room has as many as it may", async () => {
      const { bot } = await addIncoming(0);
      const made = Array.from({ length: 50 }, (_, ms) => {
        if (ms % 2 === 0) return addOutgoing(ms, 1);
        const head = { id: newId<HookId>(), room: story.room.id, createdBy: ada.id, createdAt: at(ms) };
        return stores.hooks.createIncoming({ ...head, kind: "incoming", bot: bot.id }, word("hash"));
      });
      expect(await countKept(made, "conflict")).toBe(maxHooksPerRoom - 1);
      const kept = await stores.hooks.listOf(story.room.id);
      expect(kept).toHaveLength(maxHooksPerRoom);
      // Another room has its own, and who deletes one may make another.
      await addOutgoing(1, 1, await openStory(stores, ada, [ada]));
      for (const { id } of kept.slice(0, 1)) await stores.hooks.remove(story.room.id, id);
      await addOutgoing(1, 1);
    });

    test("what is due is claimed by one at a time, the longest waiting first", async () => {
      const [second, first] = [await addOutgoing(2, 0), await addOutgoing(1, 0)];
      await addOutgoing(3, 1);
      await addOutgoing(5_000, 0);
      expect(idsOf(await claim(4, "a", 1))).toEqual([first.id]);
      const [got] = await claim(4, "b");
      expect(got).toEqual({
        lease: "b",
        hook: { ...second, nextTryAt: at(60_004) },
        sealed: `sealed ${second.id}`,
        owner: ada.id,
      });
      expect(await claim(4, "c")).toEqual([]);
      await story.write(story.post(ada, "something new"));
      expect(await claim(4, "c")).toHaveLength(1);
      for (const { id } of await stores.hooks.listOf(story.room.id)) await stores.hooks.remove(story.room.id, id);
    });

    test("owners take turns: who has much that waits has no more places than who has little", async () => {
      const bob = await addPerson(stores);
      const bot: User = { id: newId<UserId>(), name: word("Bot"), kind: "bot", createdAt: at(0), owner: ada.id };
      await stores.users.create(bot, undefined);
      const other = await openStory(stores, bob, [bob]);
      const make = (ms: number, createdBy: UserId, own = story) => addOutgoing(ms, 0, own, { createdBy });
      const adas = [await make(1, ada.id), await make(2, bot.id), await make(3, ada.id), await make(4, bot.id)];
      const bobs = [await make(50, bob.id, other), await make(51, bob.id, other)];
      const [first, second, third] = adas.map(({ id }) => id);
      const busy = { perOwner: 3, inFlightByOwner: new Map([[ada.id, 1]]) };
      const claims = await claim(100, "a", 3, busy);
      // Theirs are as many as their bots' and their own, with what is in flight already.
      expect(idsOf(claims).sort()).toEqual([bobs[0]?.id, first, bobs[1]?.id].sort() as HookId[]);
      expect(claims.filter(({ owner }) => owner === ada.id)).toHaveLength(1);
      expect(await claim(100, "b", 10, { perOwner: 2, inFlightByOwner: new Map([[ada.id, 2]]) })).toEqual([]);
      const more = await claim(100, "c", 10, { perOwner: 2 });
      expect([idsOf(more).sort(), more.map(({ owner }) => owner)]).toEqual([
        [second, third].sort() as HookId[],
        [ada.id, ada.id],
      ]);
      for (const { id } of adas) await stores.hooks.remove(story.room.id, id);
      for (const { id } of bobs) await stores.hooks.remove(other.room.id, id);
    });

    test("a host has its places, whatever else waits for it, and slow ones theirs", async () => {
      const urls = [..."aabab"].map((host) => `https://${host}.example:8443/x?y#z`).concat("http://[2606:4700::1]/x");
      const made = await Promise.all(urls.map((url, ms) => addOutgoing(ms + 1, 0, story, { url })));
      const ids = made.map(({ id }) => id);
      const chosen = async (lease: string, all: number, others: Partial<ClaimLimits>) =>
        idsOf(await claim(100, lease, all, others))
          .map((id) => ids.indexOf(id))
          .sort();
      const inFlightByHost = new Map([
        ["a.example", 1],
        ["[2606:4700::1]", 2],
      ]);
      expect(await chosen("a", 9, { perHost: 2, inFlightByHost })).toEqual([0, 2, 4]);
      await stores.hooks.settle(
        ids[0] as HookId,
        "a",
        { ...standingOf(made[0] as OutgoingHook), tookMs: slowAfterMs + 1 },
        false,
      );
      await stores.hooks.settle(
        ids[2] as HookId,
        "a",
        { ...standingOf(made[2] as OutgoingHook), tookMs: 60_000 },
        false,
      );
      await stores.hooks.settle(
        ids[4] as HookId,
        "a",
        { ...standingOf(made[4] as OutgoingHook), tookMs: slowAfterMs },
        false,
      );
      expect(await chosen("b", 9, { slow: 1 })).toEqual([0, 1, 3, 4, 5]);
      expect((await stores.hooks.listOf(story.room.id)).map((hook) => hook.kind === "outgoing" && hook.tookMs)).toEqual(
        [undefined, slowAfterMs, undefined, 60_000, undefined, slowAfterMs + 1],
      );
      for (const id of ids) await stores.hooks.remove(story.room.id, id);
    });

    test("many claimers at once share what is due without meeting", async () => {
      const made = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((ms) => addOutgoing(ms, 0)));
      const claims = await Promise.all(["a", "b", "c", "d"].map((lease) => claim(100, lease, 2)));
      expect(idsOf(claims.flat()).sort()).toEqual(made.map(({ id }) => id).sort());
      for (const { id } of made) await stores.hooks.remove(story.room.id, id);
    });

    test("only who holds the claim says how a hook stands; a claim that ran out is another's", async () => {
      const hook = await addOutgoing(1, 0);
      await claim(2, "slow");
      expect(idsOf(await claim(60_003, "quick"))).toEqual([hook.id]);
      const failed = {
        ...standingOf(hook),
        failures: 1,
        failingSince: at(3),
        lastFailure: { at: at(4), reason: "It answered 500." },
        nextTryAt: at(120_000),
      };
      expect(await stores.hooks.settle(hook.id, "slow", { ...failed, position: 9 }, false)).toBe(false);
      expect(await stores.hooks.settle(hook.id, "quick", failed, true)).toBe(true);
      expect(await stores.hooks.listOf(story.room.id)).toEqual([{ ...hook, ...failed }]);
      const good = { ...standingOf(hook), position: 1, lastSuccessAt: at(5) };
      expect(await stores.hooks.settle(hook.id, "quick", good, false)).toBe(true);
      expect(await stores.hooks.settle(hook.id, "quick", failed, false)).toBe(false);
      expect(await stores.hooks.listOf(story.room.id)).toEqual([{ ...hook, ...good }]);
      await stores.hooks.remove(story.room.id, hook.id);
    });

    test("one that is off is due only while its maker is to be told; on again, at once", async () => {
      const hook = await addOutgoing(1, 0);
      await claim(2, "a");
      const notice = newId<EventId>();
      const off = { ...standingOf(hook), state: "off" as const, failures: 7, failingSince: at(1), notice };
      await stores.hooks.settle(hook.id, "a", off, false);
      expect((await claim(3, "b")).map((each) => each.hook.notice)).toEqual([notice]);
      const { notice: _told, ...told } = off;
      await stores.hooks.settle(hook.id, "b", told, false);
      expect(await claim(4, "c")).toEqual([]);
      const bob = await addPerson(stores);
      const on = { ...hook, createdBy: bob.id, nextTryAt: at(9) };
      expect(await stores.hooks.switchOn(story.room.id, hook.id, bob.id, at(9))).toEqual(on);
      expect(idsOf(await claim(9, "d"))).toEqual([hook.id]);
      expect(await stores.hooks.switchOn(newId(), hook.id, ada.id, at(9))).toBeUndefined();
      expect(await stores.hooks.switchOn(story.room.id, (await addIncoming(3)).hook.id, ada.id, at(9))).toBeUndefined();
      await stores.hooks.remove(story.room.id, hook.id);
    });
  });
}
