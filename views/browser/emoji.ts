/** The emoji offered after a colon: common ones, by their usual short names. */

const LIST =
  "smile:😄 grin:😁 joy:😂 rofl:🤣 slightly_smiling_face:🙂 upside_down_face:🙃 wink:😉 blush:😊 " +
  "heart_eyes:😍 yum:😋 stuck_out_tongue:😛 thinking:🤔 neutral_face:😐 " +
  "smirk:😏 unamused:😒 roll_eyes:🙄 grimacing:😬 sleeping:😴 mask:😷 nerd_face:🤓 sunglasses:😎 " +
  "confused:😕 worried:😟 open_mouth:😮 flushed:😳 cry:😢 sob:😭 scream:😱 " +
  "rage:😡 skull:💀 ghost:👻 robot:🤖 heart:❤️ broken_heart:💔 sparkling_heart:💖 " +
  "100:💯 boom:💥 sparkles:✨ fire:🔥 star:⭐ zap:⚡ rainbow:🌈 " +
  "wave:👋 ok_hand:👌 v:✌️ crossed_fingers:🤞 point_right:👉 point_down:👇 " +
  "thumbsup:👍 thumbsdown:👎 clap:👏 raised_hands:🙌 pray:🙏 muscle:💪 eyes:👀 brain:🧠 dog:🐶 cat:🐱 bug:🐛 " +
  "tada:🎉 trophy:🏆 rocket:🚀 house:🏠 coffee:☕ beer:🍺 pizza:🍕 cake:🍰 " +
  "warning:⚠️ white_check_mark:✅ x:❌ question:❓ bulb:💡 lock:🔒 key:🔑 memo:📝 calendar:📅 bell:🔔";

export interface Emoji {
  readonly name: string;
  readonly character: string;
}

const EMOJI: readonly Emoji[] = LIST.split(" ").map((pair) => {
  const [name = "", character = ""] = pair.split(":");
  return { name, character };
});

/** Those whose name begins with the query, then those that contain it. */
export function findEmoji(query: string, most: number): Emoji[] {
  const found = EMOJI.filter(({ name }) => name.includes(query));
  return found.sort((a, b) => Number(b.name.startsWith(query)) - Number(a.name.startsWith(query))).slice(0, most);
}
