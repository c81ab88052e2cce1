/** Conversations of a band between rehearsals. */
import type { Topic } from "../topic.ts";

export const theBand: Topic = {
  name: "the band",
  about: "Rehearsals, set lists, and who has the van.",
  opening:
    "Rehearsals on **Tuesdays, 19:30**, in the cellar under the bakery. Setlists, recordings and who has the spare cables: in here, please, not by phone.",
  words: {
    song: ["Paper Boats", "Harbour Lights", "Nine Below", "Slow Train Home", "The Lighthouse Song", "Copper & Rust"],
    place: ["the Anchor", "the summer fête", "the library courtyard", "the school hall", "Café Morgenrot"],
    gear: ["the bass amp", "the second mic stand", "the keyboard pedal", "the long XLR cable", "the snare stand"],
    part: ["the bridge", "the second verse", "the intro", "the last chorus", "the key change"],
    day: ["Tuesday", "Friday", "Saturday", "the weekend after next"],
  },
  emoji: ["🎸", "🥁", "🎶", "🎤", "🎹"],
  scenes: [
    [
      "a: {place} has offered us {day}. Forty minutes, they have a PA, they pay in soup.",
      "b: What kind of soup?",
      "a: @b leek and potato.",
      "b: I'm in. || Then we can't say no.",
      "c: In! But I need to be gone by eleven.",
      "d: In, if somebody drives the drums.",
      "a: Car's mine. I'll tell them yes.",
    ],
    [
      "a: Setlist for {place}, first try:\n\n1. {song}\n2. Harbour Lights (short version)\n3. the new one\n4. Nine Below\n5. {song2}",
      "b: Two slow ones in a row would lose them. Swap 2 and 4?",
      "c: Agree with @b. And please not the new one third, my hands aren't warm by then.",
      "a> Swapped. The new one goes last, then it doesn't matter if we crash.",
      "d: We *will* crash. With style.",
    ],
    [
      "a: Can somebody write down the chords of {part} in {song}? I've been faking it for a month.",
      "b: I wondered what that was 😅",
      "c: Here, from my notebook:\n\n```\n| Am   | F    | C    | G    |\n| Am   | F    | Dm7  | E7   |   (2nd time: stop on E7, let it ring)\n```",
      "a: Dm7! That's what I was missing. Thank you.",
      "c: Don't tell anybody, but I looked it up on our own recording.",
    ],
    [
      "a: Listened to last night's recording on the tram. {song} is *really* good up to {part}.",
      "b: And then?",
      "a: Then we speed up by about {8-20} bpm. All of us. Together. It's almost impressive.",
      "c: That's me, I get excited. I'll bring a click. || Guilty. I'll practise it with a click.",
      "d: No click! Just look at me, I'll nod.",
    ],
    [
      "a: Who has {gear}?",
      "b: Not me.",
      "c: It was in my hallway, then it was in @d's car.",
      "d: It's still in my car. I didn't even know. Bringing it {day}.",
    ],
    [
      "a: I wrote a thing last night. Two chords and half a chorus, don't expect much: https://tapes.example.org/demo-{11-48}",
      "b: Listening on the bus",
      "b: OK, the melody in the second half gave me goosebumps.",
      "c: The line about the ferry, keep that. || Keep the ferry line whatever you do.",
      "a: Thank you. I nearly deleted it at two in the morning.",
      "d: Never delete anything at two in the morning.",
    ],
    [
      "a: I can't do {day}, my sister's wedding. Sorry, should have said earlier.",
      "b: Then no full rehearsal. Shall the rest of us do vocals only?",
      "c: Yes please, the harmonies in {song} need it badly.",
      "b: Vocals at mine then, 19:30. I have tea and a very small piano.",
    ],
    [
      "a: Do we want in-ear monitors or is that showing off?",
      "b: For a band that's paid in soup?",
      "c: My ears ring after every gig, so I'd honestly like it. There are decent used ones for about {60-140} each.",
      "b: Fair. Ears are for life. Count me in.",
      "a: I'll ask the shop for four sets.",
    ],
  ],
};
