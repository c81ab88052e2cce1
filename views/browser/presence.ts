/** Marks people as here or away wherever the page shows them, and moves them in the list of who is in the open room. */

/** @param isOpenRoom whether it was told by the room that is open */
export function showPresence(user: string, online: boolean, isOpenRoom: boolean): void {
  const shown = document.querySelectorAll<HTMLElement>(`[data-user="${CSS.escape(user)}"]`);
  const row = [...shown].find((person) => person.closest("#people .column"));
  if (isOpenRoom && row?.dataset.online !== String(online)) move(user, row, online);
  for (const person of shown) person.dataset.online = String(online);
}

/** Without a row it is one of those that are only counted. Nobody sees themself go. */
function move(user: string, row: HTMLElement | undefined, online: boolean): void {
  const column = document.querySelector("#people .column");
  const [here, others] = column?.querySelectorAll<HTMLElement>(".people") ?? [];
  if (!column || !here || !others || user === document.body.dataset.me) return;
  const to = online ? here : others;
  if (row) insert(row, to);
  const change = online ? 1 : -1;
  for (const [at, heading] of column.querySelectorAll<HTMLElement>("h3").entries()) {
    const count = heading.querySelector(".count");
    if (!count) continue;
    const number = Math.max(0, Number(count.textContent) + (at === 0 ? change : -change));
    count.textContent = String(number);
    heading.hidden = at === 1 && number === 0;
  }
}

/** In the order of names; the reader stays first. */
function insert(row: HTMLElement, list: HTMLElement): void {
  const name = nameOf(row);
  const me = document.body.dataset.me;
  const next = [...list.querySelectorAll<HTMLElement>(".person")].find(
    (other) => other.dataset.user !== me && nameOf(other).localeCompare(name) > 0,
  );
  list.insertBefore(row, next ?? null);
}

function nameOf(row: HTMLElement): string {
  return (row.querySelector(".name")?.textContent ?? "").toLowerCase();
}
