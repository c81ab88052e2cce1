/** All topics, in the order in which rooms are opened: the first is the lobby, which every server has. */
import type { Topic } from "../topic.ts";
import { astronomy } from "./astronomy.ts";
import { books } from "./books.ts";
import { climbing } from "./climbing.ts";
import { cooking } from "./cooking.ts";
import { cycling } from "./cycling.ts";
import { gardening } from "./gardening.ts";
import { lobby } from "./lobby.ts";
import { selfHosting } from "./self-hosting.ts";
import { theBand } from "./the-band.ts";

export const topics: readonly Topic[] = [
  lobby,
  gardening,
  selfHosting,
  climbing,
  theBand,
  cooking,
  books,
  cycling,
  astronomy,
];
