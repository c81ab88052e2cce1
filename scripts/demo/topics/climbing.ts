/** Conversations of a climbing club. */
import type { Topic } from "../topic.ts";

export const climbing: Topic = {
  name: "climbing club",
  about: "Routes, partners, knots and sore fingers.",
  opening:
    "Wall on **Mondays and Thursdays**, rock whenever it's dry. Never climbed? Come along, we have shoes in most sizes and a lot of patience.",
  words: {
    crag: ["Raven Rocks", "the quarry", "Limekiln Slabs", "the sea cliff", "Otter Buttress", "the north crag"],
    route: ["Blue Monday", "Grandmother's Staircase", "The Fridge", "Left as an Exercise", "Butter Fingers", "Salt"],
    grade: ["5c", "6a", "6a+", "6b", "6c", "7a"],
    day: ["Saturday", "Sunday", "Thursday", "bank holiday Monday"],
    part: ["finger", "shoulder", "elbow", "knee"],
  },
  emoji: ["🧗", "⛰️", "💪", "🪢", "☀️"],
  scenes: [
    [
      "a: Forecast for {day} looks dry until four. {crag}?",
      "b: Yes!! I can take three in the car.",
      "c: Seat for me please. I'll bring the {60-70} m rope and the good biscuits.",
      "d: I'd come if somebody can lend me a harness, mine has retired.",
      "b: @d I have a spare one, size M. Leaving at 8 from the station.",
    ],
    [
      "a: I DID IT. {route}, {grade}, clean, no falls.",
      "b: Finally!! How many tries was it?",
      "a: At least {9-31}. I have started to recognise individual ants.",
      "c: Congratulations! What changed?",
      "a> Somebody (@b) told me to stop squeezing and breathe out at the crux. Annoyingly, it worked.",
      "d: This calls for cake on {day}. || Cake. {day}. It's the law.",
    ],
    [
      "a: My {part} has been grumpy for two weeks. Rest or keep moving?",
      "b: I'm not a doctor, but: two weeks means go and see one.",
      "c: Ask for the physio at the sports centre, she climbs. She'll know what a crimp is without a drawing.",
      "a: That alone is worth the bus ride. Booked for {day}, thank you both.",
    ],
    [
      "a: Reminder: rope check on Thursday before the session. Bring what you haven't looked at since last autumn.",
      "b: What's the rule for retiring a rope again?",
      "a: From the club handbook:\n\n- ten years, always, even unused\n- after a big fall: cut the end or retire it\n- flat spots, stiff spots, a visible core: retire it\n- *any doubt: retire it*",
      "c: Mine is from before I had grey hair. I think I know the answer.",
      "a: It makes a lovely doormat, @c",
    ],
    [
      "a: First time on real rock {day}. What do I need that I don't know I need?",
      "b: A warm layer. You stand around more than you think.",
      "c: Helmet, always. Ask me why.",
      "d: Snacks for belayers. That's how you make friends.",
      "a: @c why?",
      "c: A pigeon. I'll tell the rest in the pub.",
    ],
    [
      "a: Is {route} at {crag} really {grade}? It felt like a different sport.",
      "b: It was graded in 1974 by a man with no fear and very long arms.",
      "c: The guidebook errata move it up half a grade: https://crags.example.org/errata",
      "a: Oh thank goodness.",
    ],
    [
      "a: The peregrines are nesting at {crag} again, so the left side is closed until the end of June.",
      "b: Good for them! Shall we go to {crag2} instead?",
      "a: Yes. I've put the sign up at the car park and marked it on the map.",
      "c: Saw one take a pigeon in the air last year. @d will be pleased.",
    ],
    [
      "a: Anyone at the wall tonight? I need a belay from 18:00.",
      "b: I'm there from half past.",
      "c: 18:15, if the tram behaves || There at quarter past!",
      "a: Perfect, the corner with the yellow holds. They've set a new {grade} there that has a dyno. I'm afraid of it already.",
    ],
  ],
};
