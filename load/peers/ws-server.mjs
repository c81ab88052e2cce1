/** A chat as it is written with ws and Redis' publishing: rooms are sets of sockets, and each server hears the rooms that it has sockets in. */
import { connectRedis, listensOn, newMessage, packageOf } from "./begin.mjs";

const { WebSocketServer } = packageOf("ws");
const publisher = await connectRedis();
const subscriber = await connectRedis();
const rooms = new Map();

async function join(room, socket) {
  const known = rooms.get(room);
  if (known !== undefined) return known.add(socket);
  const sockets = new Set([socket]);
  rooms.set(room, sockets);
  const tell = (message) => {
    const frame = Buffer.from(message);
    for (const each of sockets) each.send(frame, { binary: false });
  };
  await subscriber.subscribe(room, tell);
}

async function take(socket, { id, join: joined, room, post }) {
  if (joined !== undefined) {
    await join(joined, socket);
    socket.on("close", () => rooms.get(joined).delete(socket));
  } else {
    await publisher.publish(room, JSON.stringify(newMessage(room, post)));
  }
  socket.send(JSON.stringify({ id }));
}

const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
server.on("connection", (socket) => {
  socket.on("message", (data) => void take(socket, JSON.parse(data)));
});
server.on("listening", () => listensOn(server.address().port));
