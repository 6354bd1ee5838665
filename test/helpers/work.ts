import { vi } from 'vitest';

/** What looks at every code unit of a text, and may look at some of them often. */
const looking = [
  ...(['normalize', 'toLowerCase', 'toUpperCase', 'trim', 'isWellFormed', 'split', 'replace', 'match'] as const).map(
    (method) => [String.prototype, method] as const,
  ),
  ...(['test', 'exec'] as const).map((method) => [RegExp.prototype, method] as const),
];

/** Runs something, and returns the length of the longest text that it normalised, matched, decoded or parsed meanwhile. */
export async function longestTextLookedAt(run: () => unknown): Promise<number> {
  let longest = 0;
  const see = (text: unknown) => {
    if (typeof text === 'string') longest = Math.max(longest, text.length);
  };
  const undo: (() => void)[] = [];
  const watch = (holder: object, method: PropertyKey, subject: (self: unknown, args: unknown[]) => unknown) => {
    const original = Reflect.get(holder, method);
    Object.defineProperty(holder, method, {
      configurable: true,
      writable: true,
      value(this: unknown, ...args: unknown[]) {
        see(subject(this, args));
        return Reflect.apply(original, this, args);
      },
    });
    undo.push(() => Object.defineProperty(holder, method, { configurable: true, writable: true, value: original }));
  };
  for (const [holder, method] of looking)
    watch(holder, method, (self, [text]) => (holder === RegExp.prototype ? text : self));
  watch(String.prototype, Symbol.iterator, (self) => self);
  watch(JSON, 'parse', (_, [text]) => text);
  watch(Buffer, 'from', (_, [text]) => text);
  const OwnUrl = URL;
  vi.stubGlobal(
    'URL',
    class extends OwnUrl {
      constructor(url: string | URL, base?: string | URL) {
        see(url);
        super(url, base);
      }
    },
  );
  try {
    await run();
  } finally {
    for (const restore of undo) restore();
    vi.stubGlobal('URL', OwnUrl);
  }
  return longest;
}
