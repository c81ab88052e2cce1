/** Conversations of people with soil under their nails. */
import type { Topic } from "../topic.ts";

export const gardening: Topic = {
  name: "gardening",
  about: "Seeds, slugs and what to do with so many courgettes.",
  opening:
    "Plots, pots and windowsills. Photos of failures are as welcome as harvests. The **seed swap** is on the first Sunday of the month.",
  words: {
    plant: ["tomatoes", "courgettes", "runner beans", "peppers", "cucumbers", "aubergines", "sweet peas", "dahlias"],
    herb: ["basil", "coriander", "dill", "tarragon", "lovage", "mint"],
    pest: ["slugs", "aphids", "whitefly", "vine weevils", "pigeons", "flea beetles"],
    place: ["the allotment", "the back bed", "the balcony", "the cold frame", "the greenhouse", "the raised beds"],
    day: ["Saturday", "Sunday", "tomorrow", "Thursday after work"],
  },
  emoji: ["🌱", "🍅", "🌿", "🪴", "🐌", "🌼"],
  scenes: [
    [
      "a: My {plant} are going yellow from the bottom up. Too much water or too little? || Yellow leaves on the {plant} again, only the lower ones. Ideas?",
      "b: Nine times out of ten it's overwatering. Put a finger in, two knuckles deep. If it's damp, leave it alone.",
      "c: Or they're hungry. If the veins stay green it's magnesium; a spoon of Epsom salts in the can fixed mine in a week.",
      "a: Veins are green! Epsom salts it is, thanks @c",
      "b: I stand corrected 😄 || Well, I learned something today.",
    ],
    [
      "a: The {pest} have found {place}.",
      "b: How bad?",
      "a: {8-40} in one evening with a torch and a bucket. I stopped counting then.",
      "c: Nematodes, as soon as the soil is above 5 °C. Not cheap, but you water them in once and it's done for six weeks.",
      "d: And a pond! Even a washing-up bowl with a stone in it. My frogs work nights for free 🐸",
      "a: @d a bowl I can do. Putting one in {day}.",
    ],
    [
      "a: What do you all sow now? I have an empty half of {place} and itchy fingers.",
      "b: What I have going in:\n\n- broad beans, straight into the ground\n- lettuce under fleece\n- {herb}, indoors, because I never learn\n- garlic, if you hurry",
      "c: Don't forget leeks. Everybody forgets leeks.",
      "a: I forgot leeks. || Leeks! Of course.",
    ],
    [
      "a: First {plant} of the year!! {2-9} of them and they taste of something.",
      "b: Already? Mine have barely flowered. What's your secret?",
      "a: South wall, and I started them in February on the radiator. My flatmates were very patient.",
      "b> I'd need to move house for that wall.",
      "c: Save me some seed, @a? I'll swap you for the striped ones.",
      "a: Deal, bringing an envelope to the swap.",
    ],
    [
      "a: Does anybody have a scythe or a strimmer I could borrow {day}? The paths around {place} have become a meadow.",
      "b: I have the club's strimmer in my shed until Sunday. Bring your own fuel.",
      "a: You're a hero @b. Ten o'clock?",
      "b: Ten is fine. Mind the dog, she's loud but she only wants biscuits.",
    ],
    [
      "a: Frost warning for tonight, minus {1-4}. Get your {plant} in. || Frost tomorrow night, they say, down to minus {1-4}. Get your {plant} in.",
      "b: Thank you, I would have missed it. || Every year it gets me. Thanks.",
      "c: Fleece is on. Also brought the {herb} in, it now lives in the bathtub.",
      "d: Mine are all in the kitchen. There is no kitchen any more.",
    ],
    [
      "a: Compost question: mine smells like a swamp.",
      "b: Too wet, too green. Rip up cardboard, egg boxes, whatever is brown, and turn it.",
      "a: How much is whatever?",
      "b: As much as the green stuff, by volume. It feels like a lot. It is right.",
      "c: I keep a table on the bin lid for the volunteers:\n\n| green | brown |\n|---|---|\n| peelings, grass | cardboard, straw |\n| coffee grounds | dry leaves |\n| weeds without seeds | egg boxes |",
      "a: That table is going on my fridge.",
    ],
    [
      "a: Can I prune the apple now or am I too late?",
      "b: If the buds are still tight, go. Never more than a third, and start with what's dead, crossing or growing inwards.",
      "c: There's a good picture guide here: https://growing.example.org/pruning/apple",
      "a: Read it twice, went out, took one branch off, came back in. Baby steps.",
      "b: That's how all of us started. || One branch is a fine start.",
    ],
    [
      "a: The {herb} from the supermarket died within a week. As always. Why?",
      "b: It's twenty seedlings crammed in one pot. Split it into four, bury them a bit deeper, and don't drown them.",
      "a: *Four?* I've been buying the same plant monthly for years.",
      "c: We have all been there, @a",
    ],
  ],
};
