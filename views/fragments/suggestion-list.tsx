/** Names that complete a mention in the composer. */
import type { Author } from "#domain/user.ts";
import { Avatar } from "./avatar.tsx";

export function SuggestionList({ people }: { people: readonly Author[] }) {
  return (
    <div id="suggestions" role="listbox" aria-label="People to mention" hidden={people.length === 0}>
      {people.map(({ id, name }, index) => (
        <div
          tabIndex={-1}
          id={`suggestion-${index}`}
          role="option"
          aria-selected={index === 0 ? "true" : "false"}
          data-name={name}
        >
          <Avatar id={id} name={name} />
          <bdi class="name">{name}</bdi>
        </div>
      ))}
    </div>
  );
}
