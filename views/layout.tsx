/** The page around every page: head, sidebar, main column, live regions. No inline script or style anywhere (strict CSP). */
import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import type { Author } from "#domain/user.ts";
import type { Chrome } from "./chrome.ts";
import { escapeHtml } from "./escape.ts";
import { avatarHtml } from "./fragments/avatar.tsx";
import { Icon, Logo } from "./fragments/icon.tsx";
import { roomListHtml } from "./fragments/room-list.tsx";

/** A reconnect is quick; a hidden tab keeps its socket (unread counts, presence). */
export const socketConfig = "ws.pauseOnBackground:false ws.reconnectDelay:250ms ws.reconnectMaxDelay:4s";

export interface LayoutProps {
  readonly chrome: Chrome;
  readonly title: string;
  /** Which of the sidebar's pages this is. */
  readonly page?: "rooms" | "people" | "requests" | "sessions" | "tokens" | undefined;
  readonly aside?: Child;
  /** The page has a socket of its own (the room page). */
  readonly ownSocket?: boolean | undefined;
  readonly children?: Child;
}

export function Layout({ chrome, title, page, aside, ownSocket, children }: LayoutProps) {
  const { assets, viewer } = chrome;
  return (
    <>
      {raw(beginHtml(chrome, title, ownSocket))}
      {viewer && raw(sidebarHtml({ ...chrome, viewer }, page))}
      <main id="main" tabindex={-1}>
        {children}
      </main>
      {aside !== undefined && (
        <aside id="people" aria-label="People">
          {aside}
        </aside>
      )}
      {viewer && ownSocket !== true && <div id="live" hidden {...connectTo("/live")} />}
      {raw(endHtml(assets))}
    </>
  );
}

/** What all pages begin with is a string: building it from its elements takes as long as a page's messages. */
function beginHtml({ assets, viewer }: Chrome, title: string, room = false): string {
  const me = viewer ? ` data-me="${escapeHtml(viewer.id)}" data-me-name="${escapeHtml(viewer.name)}"` : "";
  return (
    '<!doctype html><html lang="en" data-theme="auto"><head><meta charset="utf-8">' +
    `<title>${escapeHtml(title)} · Superchat</title>` +
    '<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">' +
    '<meta name="color-scheme" content="light dark">' +
    '<meta name="theme-color" content="#fcfaf6" media="(prefers-color-scheme: light)">' +
    '<meta name="theme-color" content="#191b1a" media="(prefers-color-scheme: dark)">' +
    `<link rel="icon" href="${assets.icon}" type="image/svg+xml"><link rel="stylesheet" href="${assets.css}">` +
    `${viewer && room ? "" : `<link rel="stylesheet" href="${assets.pages}">`}</head>` +
    `<body class="${viewer ? "signed-in" : "signed-out"}"${me}><a class="skip" href="#main">Skip to content</a>` +
    '<div id="status" role="status"></div><div id="announcer" class="visually-hidden" aria-live="polite"></div>'
  );
}

/**
 * Scripts in this order and not deferred: htmx starts on DOMContentLoaded only when it was run before that, and by then the extension and
 * our own listeners are there as well.
 */
function endHtml({ htmx, app }: Chrome["assets"]): string {
  return `<script src="${htmx}"></script><script src="${app}" type="module"></script></body></html>`;
}

/** Attributes of the element that holds the page's socket. */
export function connectTo(url: string): Record<string, string> {
  return { "hx-ws:connect": url, "hx-config": socketConfig };
}

const brand = String(
  <div class="brand">
    <a href="/">
      <Logo /> Superchat
    </a>
    <a class="icon-button close" href="#main" aria-label="Close the list of rooms">
      <Icon name="close" />
    </a>
  </div>,
);

const icons = {
  rooms: String(<Icon name="compass" />),
  people: String(<Icon name="people" />),
  sessions: String(<Icon name="device" />),
  tokens: String(<Icon name="key" />),
  out: String(<Icon name="out" />),
};

type SignedIn = Chrome & { readonly viewer: Author };

function sidebarHtml({ viewer, rooms, waiting, current, online }: SignedIn, page: LayoutProps["page"]): string {
  const here = (name: typeof page) => (name === page ? ' aria-current="page"' : "");
  return (
    `<nav id="sidebar" aria-label="Rooms">${brand}<ul class="places">` +
    `<li><a href="/rooms"${here("rooms")}>${icons.rooms} Browse rooms</a></li>` +
    `<li><a href="/people"${here("people")}>${icons.people} New message</a></li></ul>` +
    `${roomListHtml({ rooms, waiting, current, viewer, online })}${accountHtml(viewer, here)}</nav>`
  );
}

/** Signing out comes last, and needs the menu open: it is no neighbour of what is used every day. */
function accountHtml(viewer: Author, here: (name: "sessions" | "tokens") => string): string {
  return (
    `<details class="me"><summary>${avatarHtml(viewer.id, viewer.name)}<bdi class="name">${escapeHtml(viewer.name)}</bdi>` +
    '<span class="visually-hidden">your account</span></summary>' +
    `<ul><li><a href="/sessions"${here("sessions")}>${icons.sessions} Devices</a></li>` +
    `<li><a href="/tokens"${here("tokens")}>${icons.tokens} API tokens</a></li>` +
    `<li><form method="post" action="/sign-out"><button type="submit">${icons.out} Sign out</button></form></li></ul></details>`
  );
}
