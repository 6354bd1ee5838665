/** What was stored while the browser refused to, by key. It lasts as long as the page. */
const memory = new Map<string, string>();

/**
 * Small texts that survive a reload, in `localStorage`. A browser may deny it, which is an exception at every access: then they
 * only last as long as the page.
 */
export const storage = {
  get: (key: string): string | undefined => guarded(() => localStorage.getItem(key)) ?? memory.get(key),
  set(key: string, value: string): void {
    if (guarded(() => localStorage.setItem(key, value) ?? true) === undefined) memory.set(key, value);
  },
  remove(key: string): void {
    memory.delete(key);
    guarded(() => localStorage.removeItem(key));
  },
  keys: (): string[] => [...memory.keys(), ...(guarded(() => Object.keys(localStorage)) ?? [])],
};

function guarded<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch {
    return undefined;
  }
}
