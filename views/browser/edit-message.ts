/** Edits a message where it stands: the form comes from the message's own page, which knows what was written. */
import { isTouch } from "./composer.ts";
import { byId, type OpenRoom, roomUrl } from "./page.ts";
import { postForm } from "./post-form.ts";
import { fetchPage } from "./server-page.ts";

const NOT_READ = "The message could not be read. Try again when the connection is back.";

export async function editInPlace(room: OpenRoom, entry: HTMLElement, say: (text: string) => void): Promise<void> {
  const form = await readForm(`${roomUrl(room)}/messages/${entry.dataset.id}`);
  const field = form?.querySelector("textarea");
  if (!form || !field) return say(NOT_READ);
  // One at a time: the form has ids.
  for (const other of room.log.querySelectorAll(":scope > .editing")) stop(other);
  if (!entry.isConnected) return;
  entry.classList.add("editing");
  entry.querySelector(":scope > .text")?.after(form);
  form.querySelector("label")?.classList.add("visually-hidden");
  const cancel = document.createElement("button");
  cancel.type = "button";
  cancel.textContent = "Cancel";
  form.querySelector("[type=submit]")?.after(" ", cancel);
  field.setSelectionRange(field.value.length, field.value.length);
  field.focus();

  function end(): void {
    stop(entry);
    byId("text")?.focus({ preventScroll: true });
  }

  async function save(to: HTMLFormElement, text: string): Promise<void> {
    const trouble = await postForm(to.action, { text });
    if (!trouble) return end();
    const line = to.querySelector<HTMLElement>(".problem") ?? document.createElement("p");
    line.className = "problem";
    line.setAttribute("role", "alert");
    line.textContent = trouble;
    to.prepend(line);
  }

  cancel.addEventListener("click", end);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void save(form, field.value);
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") end();
    else if (event.key === "Enter" && !event.shiftKey && !isTouch()) form.requestSubmit();
    else return;
    event.preventDefault();
  });
}

async function readForm(url: string): Promise<HTMLFormElement | undefined> {
  try {
    const { document: page } = await fetchPage(url);
    return page.querySelector<HTMLFormElement>("form.edit") ?? undefined;
  } catch {
    return undefined;
  }
}

function stop(entry: Element): void {
  entry.classList.remove("editing");
  entry.querySelector(":scope > .edit")?.remove();
}
