/** What the main thread and a worker say to each other. Events and results travel as JSON text, as on Lambda. */

/** Handed to a worker at its start. */
export interface Startup {
  readonly codeDir: string;
  readonly handler: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMiB: number;
  /** Whether handlers may answer through a callback: up to the Node.js 22 runtime. */
  readonly callbacks: boolean;
}

export interface Request {
  readonly requestId: string;
  readonly event: string;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
}

/** `init` once after the start, then one `result` per request; `fatal` is the last word of a worker that gives up. */
export type Message =
  | { readonly type: 'init'; readonly error?: string }
  | { readonly type: 'result'; readonly payload: string; readonly failed: boolean }
  | { readonly type: 'fatal'; readonly error: string };
