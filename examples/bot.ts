/** A bot that answers "!roll 2d6" in the rooms it was brought into. Run: SUPERCHAT=http://localhost:8080 TOKEN=… ROOM=lobby node start.mjs examples/bot.ts */
import { Centrifuge } from "centrifuge";

const { SUPERCHAT = "http://localhost:8080", TOKEN: token = "", ROOM: room = "lobby" } = process.env;
const headers = { authorization: `Bearer ${token}` };
const about = await fetch(`${SUPERCHAT}/api/v1/rooms/${room}/members/me`, { method: "PUT", headers });
if (!about.ok) throw new Error(`Could not join ${room}: ${await about.text()}`);
const { id } = (await about.json()).room;

const chat = new Centrifuge(`${SUPERCHAT.replace("http", "ws")}/connection/websocket`, { token });
const messages = chat.newSubscription(`room:${id}`);
messages.on("publication", async ({ data: { id: replyTo, type, text } }) => {
  const [, count = "1", sides = "6"] = (type === "message.posted" && /^!roll (\d{1,2})d(\d{1,3})$/.exec(text)) || [];
  if (!text?.startsWith("!roll ")) return;
  const dice = Array.from({ length: Number(count) }, () => 1 + Math.floor(Math.random() * Number(sides)));
  await messages.publish({ text: `**${dice.reduce((a, b) => a + b)}** (${dice.join(" + ")})`, replyTo });
});
messages.on("subscribed", () => console.log(`Listening in ${room}.`));
messages.subscribe();
chat.connect();
