/** What every store of program tokens promises: found by hash alone, listed for the owner, revoked once, with a trace. */
import { beforeEach, describe, expect, test } from "bun:test";
import type { ProgramTokenId, UserId } from "#domain/ids.ts";
import { asSession, maxBotsPerPerson, maxTokensPerPerson, type ProgramToken } from "#domain/program-token.ts";
import type { User } from "#domain/user.ts";
import {
  addPerson,
  countKept,
  expectCode,
  newId,
  type OpenStores,
  type Stores,
  timeAfter,
  word,
} from "./store-world.ts";

export function programTokenStoreSuite(name: string, open: OpenStores): void {
  describe(`program token store: ${name}`, () => {
    let stores: Stores;
    let ada: User;

    beforeEach(async () => {
      stores = await open();
      ada = await addPerson(stores);
    });

    async function addToken(owner: User, atMs: number, user: User = owner) {
      const token: ProgramToken = {
        id: newId<ProgramTokenId>(),
        name: "nightly export",
        user: user.id,
        owner: owner.id,
        scopes: ["rooms:read", "messages:write"],
        createdAt: timeAfter(atMs),
        expiresAt: timeAfter(atMs + 60_000),
      };
      const hash = word("hash");
      await stores.programTokens.create(token, hash);
      return { token, hash };
    }

    async function addBot(owner: User): Promise<User> {
      const bot = {
        id: newId<UserId>(),
        name: word("Bot"),
        kind: "bot" as const,
        createdAt: timeAfter(0),
        owner: owner.id,
      };
      await stores.users.create(bot, undefined);
      return bot;
    }

    test("a token is found by its hash, with whom it speaks as", async () => {
      const bot = await addBot(ada);
      const [own, bots] = [await addToken(ada, 1), await addToken(ada, 2, bot)];
      expect(await stores.programTokens.byHash(own.hash)).toEqual({ token: own.token, user: ada });
      expect(await stores.programTokens.byHash(bots.hash)).toEqual({ token: bots.token, user: bot });
      expect(await stores.programTokens.byHash(word("hash"))).toBeUndefined();
    });

    test("an id is used once", async () => {
      const { token } = await addToken(ada, 1);
      await expectCode(stores.programTokens.create(token, word("hash")), "conflict");
    });

    test("of 50 more than may be that come at once, an owner has as many tokens and bots as may be", async () => {
      const tokens = Array.from({ length: maxTokensPerPerson + 50 }, (_, ms) => addToken(ada, ms));
      expect(await countKept(tokens, "conflict")).toBe(maxTokensPerPerson);
      const bots = Array.from({ length: maxBotsPerPerson + 50 }, () => addBot(ada));
      expect(await countKept(bots, "conflict")).toBe(maxBotsPerPerson);
      expect(await stores.users.botsOf(ada.id)).toHaveLength(maxBotsPerPerson);
      const bob = await addPerson(stores);
      await addToken(bob, 1, await addBot(bob));
    });

    test("the owner's are listed newest first, those of bots too, and nobody else's", async () => {
      const bot = await addBot(ada);
      const [first, third, second] = [
        await addToken(ada, 1),
        await addToken(ada, 3_000, bot),
        await addToken(ada, 2_000),
      ];
      await addToken(await addPerson(stores), 4_000);
      expect(await stores.programTokens.listOf(ada.id)).toEqual([third.token, second.token, first.token]);
      expect(await stores.programTokens.listOf(bot.id)).toEqual([]);
    });

    test("revoking ends a token once, only for its owner, and leaves a trace", async () => {
      const eve = await addPerson(stores);
      const { token, hash } = await addToken(ada, 1);
      expect(await stores.programTokens.revoke(token.id, eve.id, timeAfter(1_000))).toBeUndefined();
      expect(await stores.sessions.revokedSince(timeAfter(0))).not.toContain(asSession(token.id));
      expect(await stores.programTokens.revoke(token.id, ada.id, timeAfter(1_000))).toEqual(token);
      expect(await stores.programTokens.revoke(token.id, ada.id, timeAfter(2_000))).toBeUndefined();
      expect(await stores.programTokens.byHash(hash)).toBeUndefined();
      expect(await stores.programTokens.listOf(ada.id)).toEqual([]);
      expect(await stores.sessions.revokedSince(timeAfter(1_000))).toContain(asSession(token.id));
      expect(await stores.sessions.revokedSince(timeAfter(1_001))).not.toContain(asSession(token.id));
    });

    test("the time of last use moves forward only", async () => {
      const { token, hash } = await addToken(ada, 1);
      for (const ms of [5_000, 9_000, 7_000]) await stores.programTokens.markUsed(token.id, timeAfter(ms));
      const used = { ...token, lastUsedAt: timeAfter(9_000) };
      expect((await stores.programTokens.byHash(hash))?.token).toEqual(used);
      await stores.programTokens.markUsed(newId<ProgramTokenId>(), timeAfter(1));
      await stores.programTokens.revoke(token.id, ada.id, timeAfter(10_000));
      await stores.programTokens.markUsed(token.id, timeAfter(11_000));
      expect(await stores.programTokens.byHash(hash)).toBeUndefined();
    });

    test("bots are listed for their owner", async () => {
      const [one, two] = [await addBot(ada), await addBot(ada)];
      await addBot(await addPerson(stores));
      const found = await stores.users.botsOf(ada.id);
      expect([...found].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual([one, two]);
      expect(await stores.users.byId(one.id)).toEqual(one);
      expect(await stores.users.botsOf(one.id)).toEqual([]);
    });
  });
}
