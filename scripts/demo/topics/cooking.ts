/** Conversations of people who cook for each other. */
import type { Topic } from "../topic.ts";

export const cooking: Topic = {
  name: "cooking",
  about: "Recipes with amounts. Disasters get extra points.",
  opening: 'What\'s for dinner? Recipes with amounts, please; "a bit of" is not an amount. Disasters get extra points.',
  words: {
    dish: [
      "shakshuka",
      "dal",
      "mushroom risotto",
      "pierogi",
      "jollof rice",
      "ratatouille",
      "katsu curry",
      "chickpea stew",
    ],
    spice: ["smoked paprika", "cumin", "sumac", "star anise", "fenugreek", "nutmeg"],
    bake: ["focaccia", "cardamom buns", "rye bread", "lemon tart", "banana bread", "cinnamon knots"],
    veg: ["fennel", "kohlrabi", "celeriac", "chard", "parsnips", "beetroot"],
  },
  emoji: ["🍲", "🥖", "🌶️", "🧄", "😋", "🍋"],
  scenes: [
    [
      "a: I have half a {veg} and no ideas. || What do I do with {2-5} kilos of {veg}? The neighbour was generous.",
      "b: Roast it: 220 °C, oil, salt, a spoon of honey for the last five minutes.",
      "c: Raw, as thin as you can, lemon and good oil. Ten minutes and it isn't the same vegetable.",
      "a: Did both. Why did nobody tell me about the lemon version years ago?",
      "c: We did, @a. You were busy with the deep fryer.",
    ],
    [
      "a: Tonight: {dish} for {4-12}. Pray for me.",
      "b: You've got this. Salt early, taste often.",
      "a: Update: it's good?? It's really good??",
      "b: Told you 😄 || See!",
      "c: Recipe or it didn't happen.",
      "a: Serves {4-8}:\n\n1. two onions, *slowly*, twenty minutes\n2. garlic, ginger, a big spoon of {spice}\n3. everything else, and forty minutes of patience\n4. lemon at the end, more than you think",
    ],
    [
      "a: My sourdough starter smells of nail polish remover. Is it dead?",
      "b: Hungry, not dead. Feed it twice a day for three days, somewhere warm.",
      "c: Mine survived a holiday in the fridge, {3-7} weeks. They're tougher than we are.",
      "a: Day three: it doubled! It has a name now.",
      "b: They all do. What is it?",
      "a: Clint Yeastwood.",
      "c: I need to sit down.",
    ],
    [
      "a: First {bake} that looks like the picture!",
      "b: What flour?",
      "a: Just plain, but cold proofed overnight. That was the whole trick.",
      "c: Overnight in the fridge is always the trick. || It's always the fridge.",
      "b: Trying it this weekend. If it works I owe you a coffee, @a",
    ],
    [
      "a: Is there any {spice} in this town? Four shops, nothing.",
      "b: The little place behind the station has it. Bottom shelf, left, next to the candles for some reason.",
      "a: Found it!! And bought {3-6} other things I can't pronounce.",
      "b: That shop does that to everybody.",
    ],
    [
      "a: Potluck on Friday! Who brings what?\n\n| who | what |\n|---|---|\n| me | {dish} |\n| @b | something sweet? |\n| @c | bread? |\n| you | tell me! |",
      "b: Sweet it is. {bake}, unless somebody stops me.",
      "c: Bread, and the good butter.",
      "d: I can't cook but I have forty plates and I like washing up.",
      "a: @d you're the most valuable person in this room.",
    ],
    [
      "a: Confession: I rinse my cast iron with soap.",
      "b: So do I. Modern soap doesn't hurt it.",
      "c> My grandmother would like a word with both of you.",
      "b: Does she make that {dish} you brought in spring?",
      "c: She does.",
      "b: Then I'll listen to whatever she says. || Then she's right about everything.",
    ],
    [
      "a: How do you keep rice from becoming one single piece?",
      "b: Wash it until the water is clear, then *don't touch it*. Twelve minutes, lid on, ten off the heat. The lid stays on. The lid always stays on.",
      "a: I lifted the lid.",
      "b: I know you did.",
    ],
  ],
};
