/** How many invocations are kept, how many characters of an event, result or line, and how many lines of each. */
const kept = 100;
const keptCharacters = 10_000;
const keptLines = 100;

/** An invocation of a function, as the page about the stack shows it. Long texts are cut. */
export interface JournalEntry {
  readonly requestId: string;
  readonly functionName: string;
  readonly startedAt: number;
  readonly event: string;
  readonly lines: string[];
  /** Nothing while the function runs. */
  outcome?: { readonly payload: string; readonly failed: boolean; readonly durationMs: number };
}

/** The latest invocations of all functions, in memory. */
export class Journal {
  readonly #entries = new Map<string, JournalEntry>();

  begin(requestId: string, functionName: string, event: string): void {
    this.#entries.set(requestId, { requestId, functionName, startedAt: Date.now(), event: cut(event), lines: [] });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > kept && oldest !== undefined) this.#entries.delete(oldest);
  }

  /** Adds a line of a function's log. It may come after the end. */
  log(requestId: string, line: string): void {
    const lines = this.#entries.get(requestId)?.lines;
    if (lines && lines.length < keptLines) lines.push(cut(line));
  }

  end(requestId: string, payload: string, failed: boolean, durationMs: number): void {
    const entry = this.#entries.get(requestId);
    if (entry) entry.outcome = { payload: cut(payload), failed, durationMs };
  }

  clear(): void {
    this.#entries.clear();
  }

  /** The newest first. */
  get entries(): readonly JournalEntry[] {
    return [...this.#entries.values()].reverse();
  }
}

/** A part of a long string would keep all of it in memory, so it is copied. */
function cut(text: string): string {
  return text.length <= keptCharacters ? text : `${Buffer.from(text.slice(0, keptCharacters)).toString()}…`;
}
