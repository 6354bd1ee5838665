interface TextStorage {
  get(key: string): string | undefined;
  set(key: string, value: string): void;
  remove(key: string): void;
  keys(): string[];
}

/** Small texts that survive a reload, for all tabs of a browser. */
export const storage = storageIn(() => localStorage);

/** The same for this tab alone. */
export const tabStorage = storageIn(() => sessionStorage);

/** A browser may deny a storage, which is an exception at every access: then texts only last as long as the page. */
function storageIn(place: () => Storage): TextStorage {
  /** What was stored while the browser refused to. */
  const memory = new Map<string, string>();
  return {
    get: (key) => guarded(() => place().getItem(key)) ?? memory.get(key),
    set(key, value) {
      if (guarded(() => place().setItem(key, value) ?? true) === undefined) memory.set(key, value);
    },
    remove(key) {
      memory.delete(key);
      guarded(() => place().removeItem(key));
    },
    keys: () => [...memory.keys(), ...(guarded(() => Object.keys(place())) ?? [])],
  };
}

/** A key of `storage`: the emoji that a person used last, and their skin tone. */
export const emojiKey = (userId: string) => `storm:emoji:${userId}`;

function guarded<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch {
    return undefined;
  }
}
