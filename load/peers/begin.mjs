/** How a peer's server begins, on Node: where its packages and its Redis are, and what a message of its chat is like. */
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";

const [, , folder, url] = process.argv;

/** From the folder with the peers' packages, which are no dependencies of this one. */
export const packageOf = createRequire(join(folder, "any.js"));

export async function connectRedis() {
  const client = packageOf("redis").createClient({ url });
  client.on("error", (error) => console.error("Redis:", error.message));
  return await client.connect();
}

const offsets = new Map();

/** With what a message of a chat has. Only one server of a pair is posted to: its count is the room's. */
export function newMessage(room, text) {
  const offset = (offsets.get(room) ?? 0) + 1;
  offsets.set(room, offset);
  const head = { id: randomUUID(), room, offset, type: "message.posted", author: { id: randomUUID(), name: "Ana" } };
  return { ...head, at: new Date().toISOString(), text };
}

/** Tells the parent; without it there is nothing more to do. */
export function listensOn(port) {
  process.on("disconnect", () => process.exit());
  process.send({ port });
}
