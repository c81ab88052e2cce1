/** Tells who wrote a message that people it names are not in the room, with a way to invite them. Works as plain forms and links. */
import type { AddPeople } from "#domain/invitations.ts";
import type { Room } from "#domain/room.ts";
import { roomPath } from "../room-name.ts";

export interface AbsentPerson {
  readonly name: string;
  /** Undefined: the sender can't bring them in. */
  readonly wayIn: AddPeople | undefined;
}

export interface AbsentProps {
  readonly room: Room;
  readonly people: readonly AbsentPerson[];
}

/** People who are named one by one; of further ones it says how many. */
export const maxAbsentShown = 4;

export function AbsentNotice({ room, people }: AbsentProps) {
  const path = roomPath(room);
  const shown = people.slice(0, maxAbsentShown);
  return (
    <section id="absent" aria-label="Not notified">
      <p>
        <Names names={shown.map(({ name }) => name)} more={people.length - shown.length} />{" "}
        {people.length === 1 ? "isn't" : "aren't"} in this {room.visibility === "direct" ? "conversation" : "room"}, so
        they weren't notified.
      </p>
      {shown.map(({ name, wayIn }) => wayIn && <WayIn path={path} name={name} adds={wayIn === "at-once"} />)}
      <a class="icon-button" href={`${path}#composer`} title="Dismiss" aria-label="Dismiss">
        ×
      </a>
    </section>
  );
}

function Names({ names, more }: { names: readonly string[]; more: number }) {
  const last = more > 0 ? `${more} more` : names.length > 1 ? <bdi>{names.at(-1)}</bdi> : undefined;
  const first = more > 0 ? names : names.slice(0, Math.max(1, names.length - 1));
  return (
    <>
      {first.map((name, index) => (
        <>
          {index > 0 && ", "}
          <bdi>{name}</bdi>
        </>
      ))}
      {last && <> and {last}</>}
    </>
  );
}

function WayIn({ path, name, adds }: { path: string; name: string; adds: boolean }) {
  return (
    <form method="post" action={`${path}/invite`} data-done={adds ? "Added" : "Invited"}>
      <input type="hidden" name="name" value={name} />
      <button type="submit">
        {adds ? "Add" : "Invite"} <bdi>{name}</bdi>
      </button>
    </form>
  );
}
