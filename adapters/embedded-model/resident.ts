/** The one model that is in memory: loaded when it is needed, with the context that is asked for, and let go when nobody asks. */
import { type LoadedModel, loadModel } from "./engine.ts";

export interface Wanted {
  readonly entry: string;
  readonly file: string;
  readonly contextTokens: number;
  readonly threads: number;
}

export interface Resident {
  /** Loads it, or loads it anew where something is different. Only for who has the turn. */
  get(wanted: Wanted): Promise<LoadedModel>;
  /** Nobody asked for it again in this time: it goes. Negative: it stays; 0: it goes at once. */
  keep(ms: number): void;
  isLoaded(): boolean;
  close(): Promise<void>;
}

/** @param onIdle it went because nobody asked */
export function createResident(onIdle: () => void, load: typeof loadModel = loadModel): Resident {
  let loaded: { readonly key: string; readonly model: LoadedModel } | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const close = async () => {
    clearTimeout(timer);
    const old = loaded;
    loaded = undefined;
    await old?.model.close();
  };

  return {
    async get(wanted) {
      clearTimeout(timer);
      const key = JSON.stringify(wanted);
      if (loaded?.key !== key) {
        await close();
        loaded = { key, model: await load(wanted) };
      }
      return loaded.model;
    },
    keep(ms) {
      clearTimeout(timer);
      if (ms >= 0 && loaded !== undefined) timer = setTimeout(() => void close().then(onIdle), ms);
    },
    isLoaded: () => loaded !== undefined,
    close,
  };
}
