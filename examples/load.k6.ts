/**
 * People in a room who all hear each other, for k6: fails when a message is lost or late. Run:
 * k6 run -e SUPERCHAT=http://localhost:8080 -e PEOPLE=20 -e SECONDS=20 examples/load.k6.ts (the server with LIMITS=off)
 */
import { check } from "k6";
import http from "k6/http";
import { Counter, Trend } from "k6/metrics";
import { WebSocket } from "k6/websockets";

const server = __ENV.SUPERCHAT || "http://localhost:8080";
const people = Number(__ENV.PEOPLE || 20);
const seconds = Number(__ENV.SECONDS || 20);
const quietMs = 3_000;
const delivery = new Trend("chat_delivery", true);
const sent = new Counter("chat_sent");
const received = new Counter("chat_received");
const missed = new Counter("chat_missed");

export const options = {
  scenarios: { room: { executor: "per-vu-iterations", vus: people, iterations: 1, maxDuration: `${seconds + 60}s` } },
  // A Trend without samples passes any threshold, so the counter has one, too.
  thresholds: {
    chat_delivery: ["p(95)<2000"],
    chat_received: ["count>0"],
    chat_missed: ["count==0"],
    checks: ["rate==1"],
  },
};

const api = (method: string, path: string, body: object | null, token = "") =>
  http.request(method, `${server}/api/v1${path}`, body && JSON.stringify(body), {
    headers: { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) },
  });
const password = "load, not a secret";
const run = `${Date.now().toString(36)}`;

export function setup() {
  const maker = api("POST", "/users", { name: `k6-${run}-maker`, password }).json("accessToken") as string;
  return {
    run,
    room: api("POST", "/rooms", { name: `k6 ${run}`, visibility: "public" }, maker).json("room.id") as string,
  };
}

export default function ({ run, room }: { run: string; room: string }) {
  const token = api("POST", "/users", { name: `k6-${run}-${__VU}`, password }).json("accessToken") as string;
  check(api("PUT", `/rooms/${room}/members/me`, null, token), { joined: ({ status }) => status === 200 });
  const socket = new WebSocket(`${server.replace("http", "ws")}/connection/websocket`);
  const channel = `room:${room}`;
  let last = 0;
  let id = 2;

  socket.onopen = () =>
    socket.send(`{"id":1,"connect":{"token":"${token}"}}\n{"id":2,"subscribe":{"channel":"${channel}"}}`);
  socket.onmessage = (event) => {
    for (const line of String(event?.data).split("\n")) {
      const { id: reply, subscribe, push, error } = JSON.parse(line);
      if (line === "{}") socket.send("{}");
      if (reply !== undefined) check(error, { "no error": (it) => it === undefined });
      if (subscribe) last = subscribe.offset;
      if (push?.channel !== channel || !push.pub) continue;
      missed.add(push.pub.offset - last - 1);
      last = push.pub.offset;
      if (push.pub.data.type !== "message.posted") continue;
      received.add(1);
      delivery.add(Date.now() - Number(push.pub.data.text));
    }
  };
  const say = () => {
    id += 1;
    sent.add(1);
    socket.send(JSON.stringify({ id, publish: { channel, data: { text: String(Date.now()) } } }));
  };
  // Each at a moment of its own, so that the load is even.
  setTimeout(() => {
    const talking = setInterval(say, 1_000);
    setTimeout(() => clearInterval(talking), seconds * 1_000);
  }, Math.random() * 1_000);
  setTimeout(() => socket.close(), seconds * 1_000 + quietMs);
}
