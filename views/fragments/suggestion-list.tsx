/** Names that complete a mention in the composer. The focus stays in the field; aria-activedescendant moves. */
import type { Author } from "#domain/user.ts";
import { Avatar } from "./avatar.tsx";

const listBox = { role: "listbox", "aria-label": "People to mention" };

export function SuggestionList({ people }: { people: readonly Author[] }) {
  return (
    <ul id="suggestions" {...listBox} hidden={people.length === 0}>
      {people.map(({ id, name }, index) => (
        <li id={`suggestion-${index}`} {...option(index === 0)} data-name={name}>
          <Avatar id={id} name={name} />
          <bdi class="name">{name}</bdi>
        </li>
      ))}
    </ul>
  );
}

function option(selected: boolean): Record<string, string> {
  return { role: "option", "aria-selected": String(selected) };
}
