/** What people under load say: their moment of sending, and a few words. */

const phrases = [
  "anybody there?",
  "that makes sense",
  "I will have a look at it tomorrow morning, if nobody was faster",
  "yes",
  "the second one reads better to me",
  "can you send the link again, please?",
  "it was raining the whole way, and then the train stood still for an hour, so we walked the rest along the river",
  "thanks!",
];

export function words(): string {
  return phrases[Math.floor(Math.random() * phrases.length)] ?? "";
}

/** Readers take the delivery's time from it: all of a run share one clock. */
export const stamped = (text: string): string => `${Date.now()} ${text}`;

/** @returns when it was sent, NaN for what others say */
export const stampOf = (text = ""): number => (/^\d{13} /.test(text) ? Number(text.slice(0, 13)) : Number.NaN);
