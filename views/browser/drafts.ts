/** Remembers the unfinished message of each room and person until it is sent. */

export interface Draft {
  load(): string;
  save(text: string): void;
}

export function createDraft(user: string, room: string): Draft {
  const key = `draft ${user} ${room}`;
  return {
    load: () => inStorage((storage) => storage.getItem(key)) ?? "",
    save(text) {
      inStorage((storage) => (text ? storage.setItem(key, text) : storage.removeItem(key)));
    },
  };
}

/** Storage may be full or forbidden; a draft is then kept only in the field. */
function inStorage<T>(use: (storage: Storage) => T): T | undefined {
  try {
    return use(localStorage);
  } catch {
    return undefined;
  }
}
