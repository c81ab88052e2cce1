/** Says above the field which message is answered, and takes that back. What the form posts without scripts says the same. */
import { closest, make } from "./elements.ts";
import { makeQuote, QUOTE_GONE, type Quoted, readQuote } from "./quotes.ts";

export interface ReplyChip {
  quoted(): Quoted | undefined;
  set(quoted: Quoted | undefined): void;
}

/**
 * @param cancelled the reader wants to write without it
 * @param gone what was answered was deleted: nothing is left to answer
 */
export function createReplyChip(
  form: HTMLFormElement,
  field: HTMLElement,
  cancelled: () => void,
  gone: () => void,
): ReplyChip {
  const written = form.querySelector<HTMLAnchorElement>("#replying a.quote");
  let quoted = written ? readQuote(written) : undefined;
  const chip = make("div", { id: "replying" });
  document.getElementById(chip.id)?.remove();

  function set(next: Quoted | undefined): void {
    quoted = next;
    const words = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== WORDS);
    field.setAttribute("aria-describedby", (next ? [WORDS, ...words] : words).join(" "));
    chip.replaceChildren(...(next ? parts(next) : []));
    if (next) field.parentElement?.before(chip);
    else chip.remove();
  }

  function cancel(): void {
    set(undefined);
    cancelled();
  }

  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing || !chip.isConnected) return;
    event.preventDefault();
    cancel();
  });
  chip.addEventListener("click", ({ target }) => {
    if (closest(target, "button")) cancel();
  });
  chip.addEventListener(QUOTE_GONE, () => {
    set(undefined);
    gone();
  });
  set(quoted);
  return { quoted: () => quoted, set };
}

/** Id of what the field is described by. */
const WORDS = "replying-to";

function parts(quoted: Quoted): Node[] {
  const title = "Don't reply to it";
  return [
    make("span", { id: WORDS }, "Replying to ", makeQuote(quoted)),
    make("input", { type: "hidden", name: "replyTo", value: quoted.id }),
    make("button", { type: "button", className: "icon-button", title: `${title} (Escape)`, ariaLabel: title }, "×"),
  ];
}
