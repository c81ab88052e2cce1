/** Conversations of a book club. */
import type { Topic } from "../topic.ts";

export const books: Topic = {
  name: "book club",
  about: "One book a month, picked by whoever read the last one.",
  opening:
    "One book a month, last Wednesday, in the back room of the library. Not finished? Come anyway. **No endings in here before the evening**, please.",
  words: {
    book: [
      "*The Salt Road*",
      "*A Year of Small Weather*",
      "*Night Ferry*",
      "*The Cartographer's Daughter*",
      "*Ordinary Bees*",
      "*What the River Kept*",
    ],
    who: ["the sister", "the narrator", "the lighthouse keeper", "the aunt", "the doctor"],
    chapter: ["three", "seven", "eleven", "twelve", "the one with the letter"],
  },
  emoji: ["📚", "☕", "🕯️", "📖"],
  scenes: [
    [
      "a: Where is everybody with {book}?",
      "b: Page {40-120}. It took me a while to get used to there being no quotation marks.",
      "c: Finished it in two nights. I have *feelings*.",
      "d: I'm using it as a coaster at the moment, but I'll start on Sunday, promise.",
      "a: You have {4-9} days, @d",
    ],
    [
      "a: Is {who} lying, or do I read too many crime novels?",
      "b: Both, I think!",
      "c: Read the first page of chapter {chapter} again and watch the clock on the wall.",
      "a: Oh.",
      "a: OH.",
      "b: Don't say it here! || Not a word until Wednesday!",
    ],
    [
      "a: Votes for next month, please:\n\n- [ ] {book}\n- [ ] {book2}\n- [ ] something short, we're all tired",
      "b: Short. Please, short.",
      "c: {book}, I've wanted an excuse for years.",
      "d: I second short.",
      "a: Short wins. It has {90-160} pages and it's in the library three times.",
    ],
    [
      "a: > We kept the stove lit for people who were not coming, because the room was warmer for it.\n\nThat's all. That's the message.",
      "b: I underlined the same sentence. In a library book. With pencil, don't report me.",
      "c: I read it aloud to my mother on the phone and we were both quiet for a bit.",
    ],
    [
      "a: Does anybody have {book} to lend? The library has {6-19} people waiting.",
      "b: I do. It's been in the bath once, but all of the words are still there.",
      "a: I like a book that has lived. Pick it up on Tuesday?",
      "b: Tuesday is good. There'll be tea.",
    ],
    [
      "a: Am I the only one who couldn't stand {who}?",
      "b: No. || Not at all.",
      "c: I could, but only after chapter {chapter}. Somebody who has lost that much is allowed to be difficult.",
      "a: Hm. I hadn't seen it like that.",
      "c: That's why we do this in a group, @a",
    ],
    [
      "a: Thank you all for last night! For those who weren't there: {5-9} loved it, two didn't, one hadn't read it and argued best.",
      "b: I stand by everything I said about a book I haven't read.",
      "c: The cake was the real winner.",
    ],
  ],
};
