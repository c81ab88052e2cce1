/** Conversations of people who ride and mend bicycles. */
import type { Topic } from "../topic.ts";

export const cycling: Topic = {
  name: "bike kitchen",
  about: "Bring your bike, we have the tools.",
  opening:
    "Workshop open **Wednesdays from 17:00**. We have tools, tea and opinions. You mend it, we help. Rides are announced in here.",
  words: {
    part: [
      "the bottom bracket",
      "the rear derailleur",
      "the front hub",
      "the headset",
      "the brake cable",
      "the freewheel",
    ],
    ride: ["along the canal", "to the lake", "over the pass", "to the ice cream place", "around the reservoir"],
    noise: ["creaks", "clicks", "squeals", "sings", "ticks"],
    day: ["Saturday", "Sunday", "Wednesday", "Friday evening"],
  },
  emoji: ["🚲", "🔧", "🍦", "☀️", "🌧️"],
  scenes: [
    [
      "a: My bike {noise}, but only when I go uphill. And only on the left foot.",
      "b: Pedal, crank bolt or {part}. Swap the pedals first, it's free.",
      "a: Swapped, still {noise}.",
      "c: Seat post! Take it out, clean it, grease it. It's *always* the seat post.",
      "a: …it was the seat post. || It was the seat post. Three weeks of my life.",
      "b: I owe @c five euros.",
    ],
    [
      "a: Ride on {day}: {25-70} km {ride}, easy pace, nobody gets dropped. Ten o'clock at the bridge.",
      "b: In!",
      "c: In, with the trailer and the dog.",
      "d: How easy is easy?",
      "a> We stop for every view and every bakery.",
      "d: That's my kind of easy. See you at ten.",
    ],
    [
      "a: Can {part} be saved or do I need a new one? It looks like it has lived under the sea.",
      "b: Bring it on Wednesday, there's penetrating oil and a long lever.",
      "c: And a very long lever, if the long one doesn't do it.",
      "a: Update from the workshop: the very long lever did it.",
    ],
    [
      'a: Somebody left a lovely blue {12-24}-speed at the workshop with a note: "for whoever needs it".',
      "b: My neighbour's boy just outgrew his. Would it fit somebody of {150-165} cm?",
      "a: I think so. I'll put new cables on and he can try it on {day}.",
      "b: You should have seen his face. Thank you, whoever left it.",
    ],
    [
      "a: Tubeless: yes or no?",
      "b: Yes! Two years, no puncture.",
      "c: No! Two years, and my hallway still has sealant on the ceiling.",
      "a: Both of you are very convincing. || I'll stay with tubes for now, then.",
    ],
    [
      "a: The cycle path by the river is closed until the {14-28}th, there's a detour through the park.",
      "b: Does the detour have steps?",
      "a: Four, with a ramp at the side. Map: https://paths.example.org/river-detour",
      "b: With the cargo bike I'd rather know before. Thanks @a",
    ],
    [
      "a: What I carry, since somebody asked on {day}:\n\n- one tube, two levers, a pump that works\n- a 4/5/6 hex key\n- a chain link\n- a banknote, for a torn tyre *or* for cake",
      "b: In {7-20} years I have only ever used the banknote.",
      "c: For the tyre?",
      "b: For the cake.",
    ],
  ],
};
