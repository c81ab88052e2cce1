/** Marks people as here or away wherever the page shows them. */

export function showPresence(user: string, online: boolean): void {
  for (const person of document.querySelectorAll<HTMLElement>(`[data-user="${CSS.escape(user)}"]`)) {
    person.dataset.online = String(online);
  }
}
