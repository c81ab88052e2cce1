/** A chat as it is written with socket.io and its adapter for Redis streams, without the recovery that is off by default. */
import { createServer } from "node:http";
import { connectRedis, listensOn, newMessage, packageOf } from "./begin.mjs";

const { Server } = packageOf("socket.io");
const { createAdapter } = packageOf("@socket.io/redis-streams-adapter");

const server = createServer();
const adapter = createAdapter(await connectRedis());
const io = new Server(server, { adapter, transports: ["websocket"], serveClient: false });
io.on("connection", (socket) => {
  socket.on("join", async (room, done) => {
    await socket.join(room);
    done();
  });
  socket.on("post", (room, text, done) => {
    io.to(room).emit("message", newMessage(room, text));
    done();
  });
});
server.listen(0, "127.0.0.1", () => listensOn(server.address().port));
