/** The page around every page: head, sidebar, main column, live regions. No inline script or style anywhere (strict CSP). */
import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import type { Chrome } from "./chrome.ts";
import { Avatar } from "./fragments/avatar.tsx";
import { Icon, Logo } from "./fragments/icon.tsx";
import { RoomList } from "./fragments/room-list.tsx";

/** A reconnect is quick; a hidden tab keeps its socket (unread counts, presence). */
export const socketConfig = "ws.pauseOnBackground:false ws.reconnectDelay:250ms ws.reconnectMaxDelay:4s";

export interface LayoutProps {
  readonly chrome: Chrome;
  readonly title: string;
  /** Which of the sidebar's pages this is. */
  readonly page?: "rooms" | "people" | "sessions" | undefined;
  readonly aside?: Child;
  /** The page has a socket of its own (the room page). */
  readonly ownSocket?: boolean | undefined;
  readonly children?: Child;
}

export function Layout({ chrome, title, page, aside, ownSocket, children }: LayoutProps) {
  const { assets, viewer } = chrome;
  return (
    <>
      {raw("<!doctype html>")}
      <html lang="en" data-theme="auto">
        <head>
          <meta charset="utf-8" />
          <title>{`${title} · Superchat`}</title>
          <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content" />
          <meta name="color-scheme" content="light dark" />
          <meta name="theme-color" content="#fcfaf6" media="(prefers-color-scheme: light)" />
          <meta name="theme-color" content="#191b1a" media="(prefers-color-scheme: dark)" />
          <link rel="icon" href={assets.icon} type="image/svg+xml" />
          <link rel="stylesheet" href={assets.css} />
        </head>
        <body class={viewer ? "signed-in" : "signed-out"} data-me={viewer?.id} data-me-name={viewer?.name}>
          <a class="skip" href="#main">
            Skip to content
          </a>
          <div id="status" role="status" />
          <div id="announcer" class="visually-hidden" aria-live="polite" />
          {viewer && <Sidebar chrome={chrome} page={page} />}
          <main id="main" tabindex={-1}>
            {children}
          </main>
          {aside !== undefined && (
            <aside id="people" aria-label="People">
              {aside}
            </aside>
          )}
          {viewer && ownSocket !== true && <div id="live" hidden {...connectTo("/live")} />}
          <Scripts assets={assets} />
        </body>
      </html>
    </>
  );
}

/**
 * In this order and not deferred: htmx starts on DOMContentLoaded only when it was run before that, and by then the
 * extension and our own listeners are there as well.
 */
function Scripts({ assets }: Pick<Chrome, "assets">) {
  return (
    <>
      <script src={assets.htmx} />
      <script src={assets.ws} />
      <script src={assets.app} type="module" />
    </>
  );
}

/** Attributes of the element that holds the page's socket. */
export function connectTo(url: string): Record<string, string> {
  return { "hx-ws:connect": url, "hx-config": socketConfig };
}

function Sidebar({ chrome, page }: Pick<LayoutProps, "chrome" | "page">) {
  const { viewer, rooms, current, online } = chrome;
  return (
    <nav id="sidebar" aria-label="Rooms">
      <div class="brand">
        <a href="/">
          <Logo /> Superchat
        </a>
        <a class="icon-button close" href="#main" aria-label="Close the list of rooms">
          <Icon name="close" />
        </a>
      </div>
      <RoomList rooms={rooms ?? []} current={current} viewer={viewer} online={online} />
      <ul class="places">
        <Place href="/rooms" icon="compass" here={page === "rooms"} label="Find rooms" />
        <Place href="/people" icon="people" here={page === "people"} label="Find people" />
      </ul>
      {viewer && (
        <div class="me">
          <Avatar id={viewer.id} name={viewer.name} />
          <a href="/sessions" class="name" aria-current={page === "sessions" ? "page" : undefined} title="Your devices">
            <bdi>{viewer.name}</bdi>
          </a>
          <form method="post" action="/sign-out">
            <button type="submit" class="icon-button" aria-label="Sign out" title="Sign out">
              <Icon name="out" />
            </button>
          </form>
        </div>
      )}
    </nav>
  );
}

function Place({
  href,
  icon,
  here,
  label,
}: {
  href: string;
  icon: "compass" | "people";
  here: boolean;
  label: string;
}) {
  return (
    <li>
      <a href={href} aria-current={here ? "page" : undefined}>
        <Icon name={icon} /> {label}
      </a>
    </li>
  );
}
