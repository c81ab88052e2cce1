/** Whether engine and model are there, and getting them: once, however many ask, going on when they stop asking. */
import { existsSync } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { basename, isAbsolute } from "node:path";
import { catalogue } from "./catalogue.ts";
import { chooseModels } from "./choose-model.ts";
import { engineBytes, engineEntry, fetchEngine } from "./fetch-engine.ts";
import { type FetchableModel, fetchModel, isKept, modelFile } from "./fetch-model.ts";
import { alone } from "./folder-lock.ts";
import { measureMachine } from "./machine.ts";
import type { EmbeddedSettings } from "./shapes.ts";

export interface Stock {
  readonly name: string;
  readonly file: string;
  readonly entry: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly parameters: string;
}

export interface Missing {
  readonly model: string;
  /** With the engine; undefined where only its source knows. */
  readonly bytes: number | undefined;
}

/** As a pull of Ollama tells it. */
export interface SupplyProgress {
  readonly status: string;
  readonly digest?: string;
  readonly total?: number;
  readonly completed?: number;
}

export interface Supply {
  /** What can be loaded now. */
  stock(): Promise<Stock | undefined>;
  /** What fetch() would download first; undefined when it is all in stock. @throws Error with a sentence when nothing can be */
  missing(): Promise<Missing | undefined>;
  /** @throws Error with a sentence that says why, for each source */
  fetch(): Promise<Stock>;
  progress(): readonly SupplyProgress[];
}

type Settings = Pick<EmbeddedSettings, "folder" | "model" | "source">;

export function createSupply(settings: Settings): Supply {
  const { folder } = settings;
  let fetching: Promise<Stock> | undefined;
  let progress = new Map<string, SupplyProgress>();

  const tell = (line: SupplyProgress) => progress.set(line.digest ?? line.status, line);

  async function stock(): Promise<Stock | undefined> {
    const entry = engineEntry(folder);
    if (!existsSync(entry)) return undefined;
    if (isFile(settings.model)) return existsSync(settings.model) ? await ownFile(settings.model, entry) : undefined;
    const found = candidates(settings).find((model) => isKept(folder, model));
    return found && (await stockOf(found, modelFile(folder, found), entry));
  }

  async function missing(): Promise<Missing | undefined> {
    if ((await stock()) !== undefined) return undefined;
    if (isFile(settings.model)) return { model: settings.model, bytes: engineBytes };
    const [first] = await fitting(settings);
    return first && { model: first.name, bytes: first.bytes === undefined ? undefined : first.bytes + engineBytes };
  }

  async function fetchAll(): Promise<Stock> {
    if (isFile(settings.model) && !existsSync(settings.model)) throw new Error(`there is no file ${settings.model}`);
    const models = isFile(settings.model) ? [] : await fitting(settings);
    const [first] = models;
    // The larger one first: who adds up line by line must not see the engine alone.
    if (first?.bytes) tell({ status: `pulling ${first.name}`, digest: "model", total: first.bytes, completed: 0 });
    tell({ status: "pulling the engine", digest: "engine", total: engineBytes, completed: 0 });
    const entry = await fetchEngine(folder);
    tell({ status: "pulling the engine", digest: "engine", total: engineBytes, completed: engineBytes });
    if (first === undefined) return await ownFile(settings.model, entry);
    const problems: string[] = [];
    const unreachable = new Set<string>();
    for (const model of models) {
      const onBytes = (completed: number, total: number) =>
        tell({ status: `pulling ${model.name}`, digest: "model", total, completed });
      try {
        return await stockOf(model, await fetchModel(folder, model, onBytes, unreachable), entry);
      } catch (error) {
        problems.push(`${model.name}: ${error instanceof Error ? error.message : error}`);
      }
    }
    throw new Error(problems.join(". "));
  }

  /** Another process that shares the folder may be at it: then what it fetched is here already. */
  async function inFolder(work: () => Promise<Stock>): Promise<Stock> {
    progress = new Map();
    await mkdir(folder, { recursive: true });
    return await alone(folder, work);
  }

  return {
    stock,
    missing,
    progress: () => [...progress.values()],
    async fetch() {
      fetching ??= inFolder(fetchAll).finally(() => {
        fetching = undefined;
      });
      return await fetching;
    },
  };
}

function candidates({ model, source }: Settings): readonly FetchableModel[] {
  if (source !== undefined) return [{ name: nameOf(source.url), hub: source.url, sha256: source.sha256 }];
  return model === "auto" ? catalogue : catalogue.filter(({ name }) => name === model);
}

async function fitting(settings: Settings): Promise<readonly FetchableModel[]> {
  if (settings.source !== undefined) return candidates(settings);
  const machine = await measureMachine(settings.folder);
  return chooseModels(settings.model, machine, (model) => isKept(settings.folder, model));
}

async function ownFile(file: string, entry: string): Promise<Stock> {
  return await stockOf({ name: nameOf(file), sha256: "" }, file, entry);
}

async function stockOf(model: Pick<FetchableModel, "name" | "sha256">, file: string, entry: string): Promise<Stock> {
  const known = catalogue.find(({ sha256 }) => sha256 === model.sha256);
  const { size } = await stat(file);
  return { name: model.name, file, entry, bytes: size, sha256: model.sha256, parameters: known?.parameters ?? "" };
}

export function isFile(model: string): boolean {
  return isAbsolute(model) || model.endsWith(".gguf");
}

function nameOf(place: string): string {
  return basename(place.split("?")[0] ?? "", ".gguf").toLowerCase();
}
