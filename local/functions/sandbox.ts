import { Worker } from 'node:worker_threads';
import { awsHost } from '../access/aws-host.ts';
import type { Met } from '../faults/table.ts';
import type { FunctionSpec, Log } from '../types.ts';
import type { Surroundings } from './environment.ts';
import type { Message, Request, Startup } from './messages.ts';

export interface Outcome {
  /** JSON text: the function's result, or its error in Lambda's format. */
  readonly payload: string;
  readonly failed: boolean;
}

/** The time limit for loading the module, in milliseconds. Source: AWS, "Understanding the Lambda execution environment lifecycle". */
const INIT_LIMIT = 10_000;
/** The size of V8's young generation, in MiB. With V8's default of 48, a dozen busy workers use it all before they collect garbage. */
const YOUNG_GENERATION = 16;
/** The largest response, in bytes. Source: AWS, "Lambda quotas". */
const RESPONSE_LIMIT = 6_291_556;

const killed = 'signal: killed';

export function failure(errorType: string, errorMessage: string): Outcome {
  return { payload: JSON.stringify({ errorType, errorMessage }), failed: true };
}

export type OnLine = (line: string, requestId: string) => void;

/** One execution environment: a worker thread with its own environment variables, which handles one event at a time. */
export class Sandbox {
  /** The outcome of loading the function's module. If it failed, the sandbox can't be used. */
  readonly loaded: Promise<Outcome>;
  /** The local ports of the connections that the function has opened. */
  readonly ports = new Set<number>();
  /** Whether it dies after its first write to DynamoDB, on purpose. */
  isDoomed = false;
  #ended = false;
  readonly #worker: Worker;
  readonly #timeoutMs: number;
  readonly #onLine: (line: string) => void;
  /** The lines of its output that have no end yet. */
  readonly #begun = { stdout: '', stderr: '' };
  #requestId = '';
  #settle: (outcome: Outcome) => void = () => {};

  constructor(spec: FunctionSpec, surroundings: Surroundings, log: Log, onLine: OnLine, clockMs = 0) {
    const { variables, assemblyDir, frontPort } = surroundings;
    this.#timeoutMs = spec.timeoutMs;
    const node = Number.parseInt(spec.runtime.slice('nodejs'.length), 10);
    const startup: Startup = {
      codeDir: spec.codeDir,
      layerDirs: spec.layerDirs ?? [],
      assemblyDir,
      awsHosts: awsHost,
      frontPort,
      handler: spec.handler,
      functionName: spec.name,
      functionArn: spec.arn,
      memoryMiB: spec.memoryMiB,
      callbacks: node < 24,
      sdk: node < 18 ? /^aws-sdk(\/|$)/ : /^@(aws-sdk|smithy)\//,
      clockMs,
    };
    this.#worker = new Worker(new URL('runtime.mjs', import.meta.url), {
      workerData: startup,
      env: variables,
      argv: [],
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: spec.memoryMiB, maxYoungGenerationSizeMb: YOUNG_GENERATION },
    });
    this.#onLine = (line) => {
      onLine(line, this.#requestId);
      log.debug(`${spec.name}: ${line}`, spec.name);
    };
    this.#worker.on('message', (message: Message) => this.#receive(message));
    this.#worker.on('error', (error) => {
      log.debug(`${spec.name}: ${error}`, spec.name);
      this.#end(this.#exited(killed));
    });
    this.#worker.on('exit', (code) => {
      for (const line of Object.values(this.#begun)) if (line !== '') this.#onLine(line);
      this.#end(this.#exited(`exit status ${code}`));
    });
    this.loaded = this.#outcome(INIT_LIMIT + spec.timeoutMs);
  }

  /** False once the worker has ended and can take no more events. */
  get usable(): boolean {
    return !this.#ended;
  }

  /** Runs the function on an event. It always resolves, at the timeout at the latest. Call it after `loaded`, one event at a time. */
  async run(requestId: string, event: string, crash?: Met<'crash'>): Promise<Outcome> {
    this.#requestId = requestId;
    const outcome = this.#outcome(this.#timeoutMs);
    const request: Request = { requestId, event, deadline: Date.now() + this.#timeoutMs };
    this.#worker.postMessage(request);
    if (!crash) return outcome;
    this.isDoomed = crash.when === 'written';
    const dying = crash.when === 'running' && setTimeout(() => this.crash(), crash.ms * crash.random());
    const done = await outcome;
    this.isDoomed = false;
    if (dying) clearTimeout(dying);
    if (crash.when !== 'returned') return done;
    this.crash();
    return this.#exited(killed);
  }

  /** Ends the environment as if its process was killed. The event that it handles fails. */
  crash(): void {
    this.#end(this.#exited(killed));
  }

  async stop(): Promise<void> {
    this.#ended = true;
    await this.#worker.terminate();
  }

  #receive(message: Message): void {
    if (message.type === 'port') this.ports.add(message.port);
    else if (message.type === 'output') this.#print(message);
    else if (message.type === 'result') this.#settle(withinLimit(message));
    else if (message.error === undefined) this.#settle({ payload: 'null', failed: false });
    else this.#end({ payload: message.error, failed: true });
  }

  #print({ stream, text }: Message & { type: 'output' }): void {
    const lines = (this.#begun[stream] + text).split(/\r?\n/);
    this.#begun[stream] = lines.pop() ?? '';
    for (const line of lines) this.#onLine(line);
  }

  #end(outcome: Outcome): void {
    this.#settle(outcome);
    void this.stop();
  }

  #exited(how: string): Outcome {
    return failure('Runtime.ExitError', `RequestId: ${this.#requestId} Error: Runtime exited with error: ${how}`);
  }

  #outcome(limitMs: number): Promise<Outcome> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        const seconds = (limitMs / 1000).toFixed(2);
        const message = `RequestId: ${this.#requestId} Error: Task timed out after ${seconds} seconds`;
        this.#end(failure('Sandbox.Timedout', message));
      }, limitMs);
      this.#settle = (outcome) => {
        clearTimeout(timer);
        resolve(outcome);
      };
    });
  }
}

function withinLimit({ payload, failed }: Outcome): Outcome {
  if (Buffer.byteLength(payload) <= RESPONSE_LIMIT) return { payload, failed };
  const why = `Response payload size exceeded maximum allowed payload size (${RESPONSE_LIMIT} bytes).`;
  return failure('Function.ResponseSizeTooLarge', why);
}
