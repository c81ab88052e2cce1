/** Conversations of people who run their own servers at home. */
import type { Topic } from "../topic.ts";

export const selfHosting: Topic = {
  name: "self-hosting",
  about: "Our own machines, and what broke on them this time.",
  opening:
    "Small servers, big plans. Say what you run and what it runs on. Backups that were never restored *don't count*.",
  words: {
    thing: [
      "the photo library",
      "the recipe wiki",
      "the calendar",
      "the music server",
      "the feed reader",
      "the git server",
    ],
    box: ["the NUC", "a ten-year-old laptop", "the Pi in the hallway", "a mini PC from the flea market", "the NAS"],
    night: ["last night", "on Sunday", "at three in the morning", "while I was on holiday"],
    number: ["12", "16", "24", "32", "48"],
  },
  emoji: ["🖥️", "🔧", "💾", "🐧", "🔌"],
  scenes: [
    [
      "a: Moved {thing} to {box} {night}. It idles at {4-11} watts!",
      "b: What did it take before?",
      "a: Something like {38-90}. It was basically a heater that knew SQL.",
      "c: What are you doing with the old one?",
      "a: @c do you want a heater?",
    ],
    [
      "a: Why does my certificate renewal fail only in odd months? || Certificate expired again. I'm a professional, I do this for a living.",
      "b: Is port 80 open? The challenge needs it, even if everything else is on 443.",
      "a: It is. But the redirect goes to the old hostname…",
      "b: There's your answer. Exclude the challenge path:\n\n```nginx\nlocation /.well-known/acme-challenge/ {\n  root /var/www/acme;\n}\nlocation / {\n  return 301 https://$host$request_uri;\n}\n```",
      "a: Renewed. You have no idea how happy this makes me, @b",
    ],
    [
      "a: Tested my backups today. As in: really restored them.",
      "b: And?",
      "a: {thing} came back complete, in {6-40} minutes. The database of everything else was zero bytes. Since *March*.",
      "c: Ouch. How?",
      "a> The dump failed, the pipe didn't. `set -o pipefail`, friends. Tattoo it somewhere.",
      "d: I just checked mine. I don't want to talk about it.",
    ],
    [
      "a: What do you all use to know that something is down before your family does?",
      "b: My family.",
      'c: A tiny script and cron, honestly:\n\n```sh\n#!/bin/sh\nfor url in https://photos.example.org/healthz https://git.example.org/healthz; do\n  curl --silent --fail --max-time 10 "$url" > /dev/null || notify "$url is down"\ndone\n```',
      "a: I like that it has no dashboard.",
      "c: It had one. It was down.",
    ],
    [
      "a: Is {number} GB of memory enough for {thing}, a wiki and this chat?",
      "b: More than. The chat sits at a few hundred MB here with all of us talking.",
      "c: Put it into disks instead. Or in electricity.",
      "a: You two just saved me money, thank you.",
    ],
    [
      "a: The disk in {box} says `Reallocated_Sector_Ct: {8-90}`. Do I panic?",
      "b: Is the number growing?",
      "a: It was half that on Monday.",
      "b: Then yes, calmly. Copy first, then order a new one, in that order.",
      "c: I have a spare 4 TB you can borrow until yours comes. Pick it up any evening.",
      "a: This room is the best support contract I ever had.",
    ],
    [
      "a: TIL `ss -tlnp` shows who listens on a port *with the name of the process*. I've been doing archaeology with lsof for years.",
      "b: Wait until you see `systemctl status` with a pid. || And `fuser 8080/tcp`, for when you're in a hurry.",
      "c: Adding both to my notes, next to the {number} other ones that I'll never find again.",
    ],
    [
      "a: Small outage report: {thing} was away for {7-50} minutes {night}. Cause: the cat.",
      "b: Walked on the keyboard?",
      "a: Slept on the power strip. Found out that the switch is exactly as strong as one cat.",
      "c: Redundancy means a second cat. || And the action item?",
      "a: A lid for the strip, and an apology treat for having shouted.",
    ],
    [
      "a: How do you reach home from outside? Open ports make me nervous.",
      "b: WireGuard, one port, nothing else. The config is shorter than this message:\n\n```ini\n[Peer]\nPublicKey = <your phone>\nAllowedIPs = 10.0.0.2/32\n```",
      "c: Same here. Took me an evening three years ago, never touched it since.",
      "a: OK, that's my weekend then.",
    ],
  ],
};
