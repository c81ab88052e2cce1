/** Conversations of people who stay up for the sky. */
import type { Topic } from "../topic.ts";

export const astronomy: Topic = {
  name: "night sky",
  about: "What is up tonight, and with which glass.",
  opening:
    "For everybody who looks up. The club's telescope lives in the old water tower; **red light only** after dark, and bring a warmer coat than you think.",
  words: {
    object: [
      "Saturn",
      "the Orion Nebula",
      "Jupiter",
      "M13",
      "the Andromeda Galaxy",
      "the Ring Nebula",
      "the Double Cluster",
    ],
    scope: ["the old refractor", "the 8-inch Dobsonian", "my binoculars", "the tower's big one"],
    night: ["tonight", "on Friday", "tomorrow night", "on the new moon"],
  },
  emoji: ["🔭", "✨", "🌙", "🪐", "☁️"],
  scenes: [
    [
      "a: Clear {night}! Anyone for the tower?",
      "b: Yes. What's up?",
      "a: {object} from about ten, very high.",
      "c: Coming, with my daughter. She has questions about black holes, I can't answer any of them.",
      "a: @c neither can we, but we do it with confidence.",
    ],
    [
      "a: Got {object} with {scope}, {60-180} frames of 30 seconds. It's the first time that I see colour!",
      "b: What did you stack it with?",
      "a: A free one and a lot of swearing. I wrote down what worked: https://skylog.example.org/notes/{2-9}",
      "c: The detail at the edge! That's really fine work.",
      "b: Agreed. Mine looks like a thumbprint. || Mine looks like breath on a window.",
    ],
    [
      "a: New telescope owner here. I see… nothing. Just black.",
      "b: Classic. Longest eyepiece first, point it at the Moon, in daylight line up the finder with a far chimney.",
      "c: And take the second cap off. There's a small one in the big one. Nobody tells you.",
      "a: I'm not going to say which of these it was.",
      "c: It was the cap.",
      "a: It was the cap.",
    ],
    [
      "a: What was that bright thing going west to east at 21:{10-58}? No blinking.",
      "b: Space station, four minutes, right on time. There are seven people in it.",
      "a: I waved.",
      "c: I always wave too, @a",
    ],
    [
      "a: Clouds. Clouds all week. || Clouds, day {5-16}.",
      "b: Time to clean the optics then.",
      "c: Never clean the optics.",
      "b: Time to *talk about* cleaning the optics then.",
    ],
    [
      "a: Can somebody check my arithmetic? I want to know how much of the sky I get with the new camera.",
      "b: Field in degrees is about 57.3 × sensor ÷ focal length, both in mm:\n\n```python\ndef field(sensor_mm, focal_mm):\n    return 57.3 * sensor_mm / focal_mm\n\nfield(23.5, 480)  # 2.8 degrees: the whole of M31, nearly\n```",
      "a: Nearly three degrees! That's six moons side by side.",
      "b: Now you only need the weather.",
    ],
    [
      'a: Saw {object} for the very first time last night. Through {scope}. I actually said "oh" out loud, alone, in a field.',
      "b: Everybody says it. I've heard professors say it.",
      'c: That "oh" is why the club exists, @a. Welcome. || Welcome to the club.',
    ],
  ],
};
