/** Everything that the stores of one database promise, whichever database it is. */
import { expect, test } from "bun:test";
import { isChatError } from "#domain/errors.ts";
import { changesSuite } from "./changes.suite.ts";
import { directRoomStoreSuite } from "./direct-room-store.suite.ts";
import { erasingSuite } from "./erasing.suite.ts";
import { eventStoreSuite } from "./event-store.suite.ts";
import { hookStoreSuite } from "./hook-store.suite.ts";
import { invitationStoreSuite } from "./invitation-store.suite.ts";
import { keyStoreSuite } from "./key-store.suite.ts";
import { programTokenStoreSuite } from "./program-token-store.suite.ts";
import { projectionSuite } from "./projection.suite.ts";
import { reactionsSuite } from "./reactions.suite.ts";
import { repliesSuite } from "./replies.suite.ts";
import { roomStoreSuite } from "./room-store.suite.ts";
import { sessionStoreSuite } from "./session-store.suite.ts";
import { addPerson, type OpenStores, openStory, refusal } from "./store-world.ts";
import { userStoreSuite } from "./user-store.suite.ts";

export function storesSuite(name: string, open: OpenStores): void {
  changesSuite(name, open);
  directRoomStoreSuite(name, open);
  erasingSuite(name, open);
  eventStoreSuite(name, open);
  hookStoreSuite(name, open);
  invitationStoreSuite(name, open);
  keyStoreSuite(name, open);
  programTokenStoreSuite(name, open);
  projectionSuite(name, open);
  reactionsSuite(name, open);
  repliesSuite(name, open);
  roomStoreSuite(name, open);
  sessionStoreSuite(name, open);
  userStoreSuite(name, open);

  test("a text that Postgres can't hold is told apart from a store that is away", async () => {
    const stores = await open();
    const ada = await addPerson(stores);
    const story = await openStory(stores, ada, []);
    const error = await refusal(story.write(story.post(ada, "fine"), story.post(ada, "nul \0")));
    expect(isChatError(error, "unavailable")).toBe(false);
    expect(await stores.events.events(story.room.id, { limit: 10 })).toEqual([]);
  });
}
