/**
 * The part of Artillery's interface that an engine uses (Artillery docs, "Extension APIs"; `lib/core/runner.ts` of version 2.0.34). The
 * types are our own, so that they are checked without Artillery.
 */
export interface Metrics {
  emit(event: 'counter' | 'histogram', name: string, value: number): void;
  emit(event: 'started'): void;
  emit(event: 'error', code: string): void;
}

/** What belongs to one virtual user. `vars` has the columns of the row that it got of the file of users. */
export interface Context {
  readonly vars: Readonly<Record<string, unknown>>;
}

export interface Scenario {
  readonly name?: string;
  readonly flow: readonly unknown[];
}

export interface Script {
  readonly config: { readonly target?: unknown; readonly engines?: Readonly<Record<string, unknown>> };
}

/** Runs one virtual user. Artillery counts it as completed or failed when `done` is called. */
export type Run = (context: Context, done: (error: Error | null, context: Context) => void) => void;
