/** People with whether they are here. As an answer to htmx its rows take the place of the "more" link. */
import type { UserId } from "#domain/ids.ts";
import type { PersonHere } from "../chrome.ts";
import { Avatar } from "./avatar.tsx";

export interface PeopleListProps {
  readonly people: readonly PersonHere[];
  readonly viewer?: { readonly id: UserId } | undefined;
  /** URL of the next page. */
  readonly next?: string | undefined;
  /** Shows a button that opens a direct room. */
  readonly withMessage?: boolean | undefined;
  /** How many there are in all, where that is shown elsewhere on the page too. */
  readonly count?: number | undefined;
}

export function PeopleList(props: PeopleListProps) {
  return (
    <ul class="people" data-count={props.count}>
      <PeopleItems {...props} />
    </ul>
  );
}

function PeopleItems({ people, viewer, next, withMessage }: PeopleListProps) {
  return (
    <>
      {people.map((person) => (
        <li class="person" data-user={person.id} data-online={String(person.online)}>
          <Avatar id={person.id} name={person.name} />
          <span class="name">
            <bdi>{person.name}</bdi>
            {person.id === viewer?.id && <span class="you"> (you)</span>}
          </span>
          <span class="presence" />
          {withMessage === true && person.id !== viewer?.id && (
            <form method="post" action="/direct">
              <input type="hidden" name="name" value={person.name} />
              <button type="submit" class="quiet" aria-label={`Message ${person.name}`}>
                Message
              </button>
            </form>
          )}
        </li>
      ))}
      {next !== undefined && (
        <li class="more">
          <a href={next} hx-get={next} hx-target="closest li" hx-swap="outerHTML" hx-select=".people > li">
            Show more people
          </a>
        </li>
      )}
    </>
  );
}
