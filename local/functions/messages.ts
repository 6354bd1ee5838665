/** The messages between the main thread and a worker. Events and results are JSON text, as on Lambda. */

/** The data that a worker gets at its start. */
export interface Startup {
  readonly codeDir: string;
  readonly layerDirs: readonly string[];
  /** The folder of the cloud assembly, from which the project's packages are found. */
  readonly assemblyDir: string;
  /** The packages of the SDK that this version of Lambda's runtime has. */
  readonly sdk: RegExp;
  /** The names of hosts that belong to AWS, and the local port that is connected to instead. */
  readonly awsHosts: RegExp;
  readonly frontPort: number;
  readonly handler: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMiB: number;
  /** Whether handlers may answer through a callback. Lambda's runtimes up to Node.js 22 allow it. */
  readonly callbacks: boolean;
  /** By how many milliseconds its clock is off. */
  readonly clockMs: number;
}

export interface Request {
  readonly requestId: string;
  readonly event: string;
  /** Milliseconds since 1970. */
  readonly deadline: number;
}

/**
 * A worker sends `init` once after its start, and then one `result` per request. `fatal` is the last message of a worker that fails.
 * `port` is the local port of a connection that it has opened, and `output` is what it has written to its standard output or standard error.
 */
export type Message =
  | { readonly type: 'init'; readonly error?: string }
  | { readonly type: 'result'; readonly payload: string; readonly failed: boolean }
  | { readonly type: 'port'; readonly port: number }
  | { readonly type: 'output'; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  | { readonly type: 'fatal'; readonly error: string };
