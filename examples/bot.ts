/** A bot that answers "!roll 2d6" in the rooms it was brought into. Run: SUPERCHAT=http://localhost:8080 TOKEN=… ROOM=lobby node start.mjs examples/bot.ts */
import { Centrifuge } from "centrifuge";

const { SUPERCHAT = "http://localhost:8080", TOKEN: token = "", ROOM: room = "lobby" } = process.env;
const headers = { authorization: `Bearer ${token}` };
const joined = await fetch(`${SUPERCHAT}/api/v1/rooms/${room}/members/me`, { method: "PUT", headers });
const answer = await joined.json().catch(() => ({ detail: `The server answered ${joined.status}.` }));
if (!joined.ok) {
  console.error(`Could not join ${room}: ${answer.detail}`);
  process.exit(1);
}
const { id } = answer.room;

const chat = new Centrifuge(`${SUPERCHAT.replace("http", "ws")}/connection/websocket`, { token });
const messages = chat.newSubscription(`room:${id}`);
messages.on("publication", async ({ data: { id: replyTo, type, text } }) => {
  const [, count = "1", sides = "6"] = (type === "message.posted" && /^!roll (\d{1,2})d(\d{1,3})$/.exec(text)) || [];
  if (!text?.startsWith("!roll ")) return;
  const dice = Array.from({ length: Number(count) }, () => 1 + Math.floor(Math.random() * Number(sides)));
  const said = messages.publish({ text: `**${dice.reduce((a, b) => a + b)}** (${dice.join(" + ")})`, replyTo });
  await said.catch(({ message }) => console.error(`Could not answer: ${message}`));
});
messages.on("unsubscribed", ({ reason }) => console.error(`No longer listening in ${room}: ${reason}`));
messages.on("subscribed", () => console.log(`Listening in ${room}.`));
messages.subscribe();
chat.connect();
