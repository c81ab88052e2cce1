/** Which models are worth trying, best first: by what the operator wants and by what this machine has to spare. */
import { type CatalogueModel, catalogue } from "./catalogue.ts";

export interface Machine {
  readonly freeDiskBytes: number;
  readonly freeMemoryBytes: number;
}

/** Besides the file itself: a part of it on its way, and air. */
const spareDiskBytes = 150_000_000;
/** `bytes` of what is on disk already; the file is not fetched again. */
type Kept = (model: CatalogueModel) => boolean;

/**
 * @param wish a name of the catalogue, or "auto"
 * @throws Error with a sentence when none is known or fits
 */
export function chooseModels(
  wish: string,
  machine: Machine,
  kept: Kept,
  known: readonly CatalogueModel[] = catalogue,
): readonly [CatalogueModel, ...CatalogueModel[]] {
  const wanted = wish === "auto" ? known : known.filter(({ name }) => name === wish);
  const [first, ...others] = wanted.filter((model) => fits(model, machine, kept(model)));
  // What is here already needs no hub: it is tried before better ones that have to be fetched only if it is as good.
  if (first !== undefined) return preferKept(first, others, kept);
  const smallest = wanted.at(-1);
  if (smallest === undefined)
    throw new Error(
      `${wish} is not a model that can be fetched here. There are: ${namesOf(known)}, or the path of a file.`,
    );
  throw new Error(
    `${smallest.name} needs ${gigabytes(smallest.bytes + spareDiskBytes)} GB of disk and ${gigabytes(smallest.memoryBytes)} GB of memory; ` +
      `free are ${gigabytes(machine.freeDiskBytes)} and ${gigabytes(machine.freeMemoryBytes)}.`,
  );
}

function preferKept(
  first: CatalogueModel,
  others: readonly CatalogueModel[],
  kept: Kept,
): readonly [CatalogueModel, ...CatalogueModel[]] {
  const all = [first, ...others];
  const here = all.find((model) => model.parameters === first.parameters && kept(model));
  return here === undefined ? [first, ...others] : [here, ...all.filter((model) => model !== here)];
}

function fits({ bytes, memoryBytes }: CatalogueModel, machine: Machine, kept: boolean): boolean {
  return machine.freeMemoryBytes >= memoryBytes && (kept || machine.freeDiskBytes >= bytes + spareDiskBytes);
}

function namesOf(models: readonly CatalogueModel[]): string {
  return models.map(({ name }) => name).join(", ");
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}
