/** The emoji offered after a colon: common ones, by their usual short names. */

const LIST =
  "smile:😄 smiley:😃 grin:😁 joy:😂 rofl:🤣 slightly_smiling_face:🙂 upside_down_face:🙃 wink:😉 blush:😊 " +
  "heart_eyes:😍 kissing_heart:😘 yum:😋 stuck_out_tongue:😛 thinking:🤔 neutral_face:😐 expressionless:😑 " +
  "smirk:😏 unamused:😒 roll_eyes:🙄 grimacing:😬 relieved:😌 sleeping:😴 mask:😷 nerd_face:🤓 sunglasses:😎 " +
  "confused:😕 worried:😟 open_mouth:😮 astonished:😲 flushed:😳 cry:😢 sob:😭 scream:😱 tired_face:😫 " +
  "triumph:😤 rage:😡 skull:💀 poop:💩 ghost:👻 robot:🤖 heart:❤️ broken_heart:💔 sparkling_heart:💖 " +
  "blue_heart:💙 green_heart:💚 100:💯 boom:💥 sparkles:✨ fire:🔥 star:⭐ zap:⚡ sunny:☀️ rainbow:🌈 snowflake:❄️ " +
  "wave:👋 ok_hand:👌 v:✌️ crossed_fingers:🤞 point_left:👈 point_right:👉 point_up:☝️ point_down:👇 " +
  "thumbsup:👍 thumbsdown:👎 clap:👏 raised_hands:🙌 pray:🙏 muscle:💪 eyes:👀 brain:🧠 dog:🐶 cat:🐱 bug:🐛 " +
  "tada:🎉 gift:🎁 trophy:🏆 rocket:🚀 car:🚗 house:🏠 coffee:☕ beer:🍺 pizza:🍕 cake:🍰 apple:🍎 " +
  "warning:⚠️ white_check_mark:✅ x:❌ question:❓ bulb:💡 lock:🔒 key:🔑 hammer:🔨 memo:📝 calendar:📅 bell:🔔";

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
