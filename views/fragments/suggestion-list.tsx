/** Names that complete a mention in the composer. The focus stays in the field; aria-activedescendant moves. */
import type { Suggestion } from "#domain/ports/index.ts";
import { Avatar } from "./avatar.tsx";

const listBox = { role: "listbox", "aria-label": "People to mention" };

export function SuggestionList({ people }: { people: readonly Suggestion[] }) {
  return (
    <ul id="suggestions" {...listBox} hidden={people.length === 0}>
      {people.map(({ user: { id, name }, member }, index) => (
        <li id={`suggestion-${index}`} {...option(index === 0)} data-name={name} data-elsewhere={!member || undefined}>
          <Avatar id={id} name={name} />
          <bdi class="name">{name}</bdi>
          {!member && <span class="elsewhere">Not in this room</span>}
        </li>
      ))}
    </ul>
  );
}

function option(selected: boolean): Record<string, string> {
  return { role: "option", "aria-selected": String(selected) };
}
