/** Folds joins and leaves that follow one another into one line that opens, as the server does in what it renders. */
import { make } from "./elements.ts";
import { type Coming, foldWords } from "./fold-words.ts";

/** Goes from `first` to the end of its list; what is before `first` is folded already and may take more in. */
export function foldNotes(first: Element | null): void {
  for (let entry = first; entry; ) {
    const next = entry.nextElementSibling;
    const before = entry.previousElementSibling;
    if (before instanceof HTMLElement && entry instanceof HTMLElement && canFold(before) && canFold(entry))
      takeIn(foldOf(before), entry);
    entry = next;
  }
}

function canFold({ classList, dataset }: HTMLElement): boolean {
  return classList.contains("fold") || dataset.who !== undefined;
}

function foldOf(entry: HTMLElement): HTMLElement {
  if (entry.classList.contains("fold")) return entry;
  const list = make("ul");
  const fold = make("li", { className: "note fold" }, make("details", {}, make("summary"), list));
  for (const mark of ["focused", "start"]) if (entry.classList.contains(mark)) fold.classList.add(mark);
  Object.assign(fold.dataset, { from: entry.dataset.offset, at: entry.dataset.at });
  entry.replaceWith(fold);
  list.append(entry);
  renew(fold);
  return fold;
}

/** Pages of the server's may overlap: what is there already is not taken in again. */
function takeIn(fold: HTMLElement, entry: HTMLElement): void {
  const last = Number(fold.dataset.offset);
  const added = itemsOf(entry).filter(({ dataset }) => Number(dataset.offset) > last);
  entry.remove();
  fold.querySelector("ul")?.append(...added);
  renew(fold);
}

function itemsOf(entry: HTMLElement): HTMLElement[] {
  return entry.classList.contains("fold") ? [...entry.querySelectorAll<HTMLElement>("ul > li")] : [entry];
}

/** The fold stands at the offset of the last of its notes, and has its id. */
function renew(fold: HTMLElement): void {
  const items = itemsOf(fold);
  const last = items.at(-1);
  for (const item of items) item.id = item === last ? "" : `m-${item.dataset.offset}`;
  last?.removeAttribute("id");
  fold.dataset.offset = last?.dataset.offset ?? "0";
  fold.id = `m-${fold.dataset.offset}`;
  const summary = fold.querySelector("summary");
  if (summary) summary.innerHTML = foldWords(items.map(comingOf));
}

function comingOf(item: HTMLElement): Coming {
  const name = item.querySelector(".who")?.outerHTML ?? "";
  return { who: item.dataset.who ?? "", name, joined: item.dataset.joined === "true" };
}
