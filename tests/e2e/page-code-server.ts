/** A scripted stand-in for the gateway: one room, a page written by hand, and a socket the test can make misbehave. */
import type { Server, ServerWebSocket } from "bun";
import type { Post } from "#views/browser/frames.ts";

export const ME = "u-me";
export const ROOM = "r-lobby";
export const EPOCH = "e1";

interface Entry {
  readonly offset: number;
  readonly id: string;
  readonly author: string;
  readonly text: string;
  readonly at: string;
}

interface Viewer {
  readonly after: number | undefined;
  readonly epoch: string;
}

/** What becomes of a post: stored and acknowledged, stored without a word, lost, or refused. */
export type Answer = "ack" | "store-only" | "lose" | { code: string; sentence: string; retryAfterMs?: number };

const PAGE_SIZE = 50;
const root = new URL("../..", import.meta.url).pathname;

export async function startPageServer() {
  const build = await Bun.build({
    entrypoints: [`${root}views/browser/app.ts`, `${root}views/browser/actions.ts`],
    minify: true,
    define: { ACTIONS_URL: '"/actions.js"', ACTIONS_LOOK: '""' },
  });
  const [app = "", actions = ""] = await Promise.all(build.outputs.map((output) => output.text()));
  const entries: Entry[] = [];
  const sockets = new Set<ServerWebSocket<Viewer>>();
  const connections: string[] = [];
  const posts: Post[] = [];
  const frames: Record<string, unknown>[] = [];
  let answer: (post: Post) => Answer = () => "ack";
  let epoch = EPOCH;
  let silent = false;
  let refuseConnections = false;
  let viewer = ME;

  const server = Bun.serve<Viewer, never>({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 60,
    routes: {
      "/htmx.js": new Response(Bun.file(`${root}node_modules/htmx.org/dist/htmx.min.js`)),
      "/hx-ws.js": new Response(Bun.file(`${root}node_modules/htmx.org/dist/ext/hx-ws.min.js`)),
      "/app.js": new Response(app, { headers: { "content-type": "text/javascript" } }),
      "/actions.js": new Response(actions, { headers: { "content-type": "text/javascript" } }),
      "/page.css": new Response(css, { headers: { "content-type": "text/css" } }),
    },
    fetch(request, self): Response | undefined {
      const url = new URL(request.url);
      if (url.pathname === "/live") return connect(request, url, self);
      if (url.pathname === "/fragments/rooms" && !viewer) return Response.redirect("/sign-in", 303);
      if (url.pathname === "/fragments/rooms") return html(roomList("9"));
      if (url.pathname.endsWith("/suggest")) {
        return html('<div id="suggestions"><div role="option" data-name="ana">ana</div></div>');
      }
      if (url.pathname.endsWith("/people")) return html('<ul class="people"><li data-user="u-new">new</li></ul>');
      if (request.method === "GET" && url.pathname.includes("/messages/")) return html(editForm(url.pathname));
      if (request.method === "POST") return Response.redirect("/rooms/lobby", 303);
      const asked = (name: string) => Number(url.searchParams.get(name) ?? Number.NaN);
      if (!Number.isNaN(asked("after"))) return html(pageAfter(asked("after")));
      if (!Number.isNaN(asked("at"))) return html(pageAfter(Math.max(0, asked("at") - 1 - PAGE_SIZE / 2), asked("at")));
      return html(page(asked("before") || undefined));
    },
    websocket: {
      open(socket) {
        sockets.add(socket);
        if (silent || socket.data.after === undefined) return;
        const head = entries.length;
        if (socket.data.epoch !== epoch) socket.send(JSON.stringify({ reset: { room: ROOM, epoch, offset: head } }));
        else sendRun(socket, entries.slice(socket.data.after));
        socket.send(JSON.stringify({ caughtUp: { room: ROOM, epoch, offset: head } }));
      },
      message(socket, data) {
        const frame = JSON.parse(String(data)) as Record<string, unknown> & { post?: Post };
        frames.push(frame);
        if (frame.post) take(socket, frame.post);
      },
      close: (socket) => void sockets.delete(socket),
    },
  });

  function connect(request: Request, url: URL, self: Server<Viewer>): Response | undefined {
    connections.push(url.search);
    if (refuseConnections) return new Response("busy", { status: 503 });
    const after = url.searchParams.get("after");
    const data = { after: after === null ? undefined : Number(after), epoch: url.searchParams.get("epoch") ?? "" };
    return self.upgrade(request, { data }) ? undefined : new Response("no", { status: 400 });
  }

  function take(socket: ServerWebSocket<Viewer>, post: Post): void {
    posts.push(post);
    const reply = answer(post);
    if (typeof reply === "object") {
      socket.send(JSON.stringify({ refused: { id: post.id, ...reply } }));
      return;
    }
    if (reply === "lose") return;
    if (!entries.some(({ id }) => id === post.id)) append(post.text, viewer, post.id);
    if (reply === "ack") socket.send(JSON.stringify({ ack: { id: post.id } }));
  }

  function append(text: string, author = "u-ana", id = crypto.randomUUID() as string): Entry {
    const entry = { offset: entries.length + 1, id, author, text, at: new Date().toISOString() };
    entries.push(entry);
    if (!silent) for (const socket of sockets) sendRun(socket, [entry]);
    return entry;
  }

  function sendRun(socket: ServerWebSocket<Viewer>, run: readonly Entry[]): void {
    if (run.length > 0 && socket.data.after !== undefined) socket.send(JSON.stringify(runFrame(run)));
  }

  function runFrame(run: readonly Entry[]) {
    const [from = 0, to = 0] = [run[0]?.offset, run[run.length - 1]?.offset];
    return { run: { room: ROOM, epoch, from, to }, content: run.map((entry) => item(entry)).join("") };
  }

  function page(before = entries.length + 1): string {
    const from = Math.max(0, before - 1 - PAGE_SIZE);
    return pageOf(from, before - 1);
  }

  /** As the gateway does: near the end it is the newest page. */
  function pageAfter(after: number, focus?: number): string {
    const from = Math.max(0, Math.min(after, entries.length - PAGE_SIZE));
    return pageOf(from, from + PAGE_SIZE, focus ?? after + 1);
  }

  function pageOf(from: number, to: number, start?: number): string {
    const shown = entries.slice(from, to);
    const top = from > 0 ? `<a id="older" href="/rooms/lobby?before=${from + 1}">Older messages</a>` : "";
    const bottom = to < entries.length ? `<a id="newer" href="/rooms/lobby?after=${to}">Newer messages</a>` : "";
    const list = shown.map((entry) => item(entry, entry.offset === start ? " start" : "")).join("");
    return document(list, { top, bottom, offset: entries.length, epoch, viewer });
  }

  return {
    url: `http://127.0.0.1:${server.port}/rooms/lobby`,
    entries,
    connections,
    posts,
    frames,
    append,
    runFrame,
    /** Sends exactly this to everybody connected. */
    send: (frame: unknown) => {
      for (const socket of sockets) socket.send(JSON.stringify(frame));
    },
    answerWith: (rule: (post: Post) => Answer) => {
      answer = rule;
    },
    /** Silent: entries are stored and nobody hears of them. */
    beSilent: (value: boolean) => {
      silent = value;
    },
    refuseConnections: (value: boolean) => {
      refuseConnections = value;
    },
    signIn: (user: string) => {
      viewer = user;
    },
    renewEpoch: (name: string) => {
      epoch = name;
    },
    connected: () => sockets.size,
    closeAll: (code: number) => {
      for (const socket of sockets) socket.close(code, "scripted");
    },
    cut: () => {
      for (const socket of sockets) socket.terminate();
    },
    stop: () => server.stop(true),
  };
}

export type PageServer = Awaited<ReturnType<typeof startPageServer>>;

const POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; connect-src 'self'";
const css = "#scroller{height:400px;overflow-y:auto} #log li{min-height:40px} [hidden]{display:none!important}";

const html = (body: string) =>
  new Response(body, { headers: { "content-type": "text/html", "content-security-policy": POLICY } });

const item = ({ offset, id, author, text, at }: Entry, marks = "") =>
  `<li class="message${marks}" id="m-${offset}" data-offset="${offset}" data-id="${id}" data-author="${author}" data-at="${at}">` +
  `<bdi class="author">${author.slice(2)}</bdi> <time datetime="${at}">UTC</time>` +
  `<div class="text">${Bun.escapeHTML(text)}</div></li>`;

const roomList = (unread: string) =>
  `<ul id="rooms"><li data-room="${ROOM}" data-read="0"><a href="/rooms/lobby" aria-current="page">lobby` +
  `<span class="badge unread" hidden>0</span><span class="badge mention" hidden>0</span></a></li>` +
  `<li data-room="r-other" data-read="0"><a href="/rooms/other">other<span class="badge unread" hidden>${unread}</span>` +
  `<span class="badge mention" hidden>0</span></a></li></ul>`;

const editForm = (path: string) =>
  `<form method="post" action="${path}/edit" class="edit"><label>Edit</label><textarea name="text">as it was</textarea>` +
  '<button type="submit">Save</button></form>';

interface Look {
  readonly top: string;
  readonly bottom: string;
  readonly offset: number;
  readonly epoch: string;
  readonly viewer: string;
}

const document = (log: string, { top, bottom, offset, epoch, viewer }: Look) => `<!doctype html><html lang="en"><head>
<meta charset="utf-8"><title>lobby</title><link rel="stylesheet" href="/page.css"></head>
<body data-me="${viewer}" data-me-name="me"><div id="status" role="status"></div>
<div id="announcer" aria-live="polite"></div><nav id="sidebar">${roomList("0")}</nav>
<main id="main"><section id="room" data-room="${ROOM}" data-ref="lobby" data-epoch="${epoch}" data-offset="${offset}"
data-read="0" data-live="true" hx-ws:connect="/live?room=${ROOM}&epoch=${epoch}&after=${offset}" hx-target="#log"
hx-swap="beforeend" hx-config="ws.pauseOnBackground:false ws.reconnectDelay:250ms ws.reconnectMaxDelay:4s">
<div id="scroller" tabindex="0">${top}<ol id="log">${log}</ol>${bottom}</div><a id="jump" href="/rooms/lobby" hidden></a>
<div id="typing"></div><form id="composer" method="post" action="/rooms/lobby/messages">
<div id="suggestions" role="listbox" hidden></div><input type="hidden" name="id" value="x">
<textarea id="text" name="text"></textarea><button>Send</button></form></section></main>
<aside id="people"><ul class="people"><li data-user="u-ana" data-online="false">ana</li></ul></aside>
<template id="pending-template"><li class="message pending"><div class="text"></div><p class="state"></p></li></template>
<script src="/htmx.js"></script><script src="/hx-ws.js"></script><script src="/app.js" type="module"></script></body></html>`;
