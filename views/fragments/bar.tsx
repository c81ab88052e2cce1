/** The top of the main column: on a phone the way to the list of rooms, the title, and what belongs to it. */
import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import { Icon } from "./icon.tsx";

const menu = raw(
  String(
    <a class="icon-button menu" href="#sidebar" aria-label="Show your rooms">
      <Icon name="menu" />
    </a>,
  ),
);

export function Bar({ title, children, signedIn = true }: { title: Child; children?: Child; signedIn?: boolean }) {
  return (
    <header class="bar">
      {signedIn && menu}
      <h1>{title}</h1>
      {children}
    </header>
  );
}
