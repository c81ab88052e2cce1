/** Says who is typing in the open room; each name fades when its signal is not renewed or its message arrives. */
import { byId } from "./page.ts";

const FADES_AFTER_MS = 5_000;
const NAMES_MAX = 2;

export interface Typing {
  heard(user: string, name: string): void;
  stopped(user: string): void;
}

export function createTyping(): Typing {
  const line = byId("typing");
  const people = new Map<string, { name: string; timer: number }>();

  function stopped(user: string): void {
    const person = people.get(user);
    if (!person) return;
    clearTimeout(person.timer);
    people.delete(user);
    draw();
  }

  function draw(): void {
    if (line) line.textContent = describeTyping([...people.values()].map(({ name }) => name));
  }

  return {
    stopped,
    heard(user, name) {
      clearTimeout(people.get(user)?.timer);
      people.set(user, { name, timer: setTimeout(() => stopped(user), FADES_AFTER_MS) });
      draw();
    },
  };
}

export function describeTyping(names: readonly string[]): string {
  if (names.length === 0) return "";
  if (names.length > NAMES_MAX) return "Several people are typing…";
  return `${names.join(" and ")} ${names.length > 1 ? "are" : "is"} typing…`;
}
