/** What is said where everybody is: hellos, the building, the weekend. The lobby is there on every server. */
import type { Topic } from "../topic.ts";

export const lobby: Topic = {
  name: "lobby",
  about: "For everyone. New here? Say hello.",
  opening: "Good morning! The kettle is on. New here? Say hello, and look at *Browse rooms* for what else there is.",
  words: {
    room: ["gardening", "the climbing club", "the book club", "the bike kitchen", "cooking"],
    thing: [
      "a grey umbrella",
      "a green scarf",
      "one single glove",
      "a lunch box with dinosaurs",
      "a set of keys with a whistle",
    ],
    treat: ["plum cake", "samosas", "oranges", "leftover birthday cake", "a bag of cherries"],
    weather: ["rain", "fog", "this heat", "the first snow", "that storm last night"],
    day: ["Monday", "Saturday", "the long weekend", "the 1st"],
  },
  emoji: ["👋", "☕", "🎉", "🙌", "😊"],
  scenes: [
    [
      "a: Hello everybody! I'm new in town and a neighbour told me about this place.",
      "b: Welcome @a! What do you like doing?",
      "a: Walking, cooking, and I once grew a single tomato.",
      "c: Then have a look at gardening. One tomato is how it starts.",
      "d: Welcome!! 👋 || Hi @a, good to have you here!",
    ],
    [
      "a: There's {treat} in the kitchen. First come, first served.",
      "b: On my way",
      "c: Is there any left? I'm {5-20} minutes out.",
      "a: I'll hide a piece for you, @c. Behind the teapot.",
      "c: You're the best.",
    ],
    [
      "a: Found {thing} by the door. Anybody's?",
      "b: Not mine, but I think @c was looking for something like it?",
      "c: YES. I've been looking for days. Coming by at six.",
      "a: It's on the hook. || It's waiting for you at the desk.",
    ],
    [
      "a: Reminder: the hall is booked on {day} from 14:00. Please have the tables back by 13:30.",
      "b: How many tables?",
      "a: All {8-14}. And the good chairs.",
      "c: I can help carry, I'm there anyway.",
      "d: Same || Count me in",
    ],
    [
      "a: How is everybody coping with {weather}?",
      "b: Soup. Blanket. Repeat.",
      "c: I cycled in. I would not recommend it.",
      "d: The dog loves it, so I get to love it too, twice a day.",
    ],
    [
      "a: Small thing that made my day: somebody repaired the squeaky gate. I just stood there and opened it a few times.",
      "b: That was @c with an oil can!",
      "c: Three drops. I enjoyed it more than I should admit.",
      "a: Thank you, mysterious gate person.",
    ],
    [
      "a: What is everybody up to at the weekend?",
      "b: Nothing at all, and I'm looking forward to it.",
      "c: Trying {room} for the first time, a bit nervous.",
      "a: Oh, they're lovely. Ask for {d}, tell them I sent you.",
      "d: @c come find me, I'm the one with the loud jacket.",
    ],
    [
      "a: Wifi in the hall is slow again today, sorry. Somebody's looking at it.",
      "b: Somebody is me. Somebody needs a longer ladder.",
      "c: There's one behind the stage, left of the piano.",
      "b: Found it, thanks. Should be better now?",
      "a: {40-90} Mbit! What did you do?",
      "b: Moved a plant.",
    ],
    [
      "a: Does anybody speak Portuguese? A neighbour needs help with a letter.",
      "b: I do! Not perfectly, but letters are fine. Tell her I'm in on Thursday.",
      "a: She'll be so relieved. Thank you @b 🙏",
    ],
    [
      "a: The minutes of Tuesday are up: https://minutes.example.org/autumn-{2-9}\n\nIn short:\n\n1. new lock for the shed, **keys from @b**\n2. the heating comes on from the 15th\n3. ~~the fax machine~~ (we let it go)",
      "b: Keys are ready. Bring back the old ones, please.",
      "c: Rest in peace, fax machine. || It was a good fax machine.",
    ],
    [
      "a: Quick poll, first answer counts: tea or coffee for the open day?",
      "b: Coffee",
      "c: tea!!",
      "d: Both, and let nobody choose in anger.",
      "a: Both it is. I should have known.",
    ],
  ],
};
