import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import { putLoggedMetrics } from '../cloudwatch/emf.ts';
import type { Figures } from '../cloudwatch/figures.ts';
import { type FunctionFigure, lambdaFigures } from '../cloudwatch/lambda.ts';
import { Journal } from '../console/journal.ts';
import type { FaultTable } from '../faults/table.ts';
import { type FunctionSpec, type Functions, type Invocation, InvokeError } from '../types.ts';
import { type AsyncConfig, AsyncEvents, type AsyncOptions } from './async-events.ts';
import type { Surroundings } from './environment.ts';
import { functionName } from './name.ts';
import { Pool } from './pool.ts';

/** Concurrent invocations of all functions without reserved concurrency. Source: AWS, "Lambda quotas". */
const ACCOUNT_CONCURRENCY = 1000;

/** The largest event, in bytes. Source: AWS, "Lambda quotas". */
const EVENT_LIMIT = 6_291_556;

/** "Lambda usage metrics" */
const dimensions = { Service: 'Lambda', Type: 'Resource', Resource: 'ConcurrentExecutions', Class: 'None' };
const usage = { namespace: 'AWS/Usage', name: 'ResourceCount', dimensions };

export interface FunctionsOptions extends Omit<AsyncOptions, 'invoke'> {
  readonly faults: FaultTable;
  readonly figures: Figures;
  /** Returns what a new worker gets. It is called at each start, because some addresses are known only later. */
  surroundings(spec: FunctionSpec): Promise<Surroundings>;
}

/** All functions of a stack. */
export class LocalFunctions implements Functions {
  readonly journal = new Journal();
  readonly #functions = new Map<string, { spec: FunctionSpec; pool: Pool; running: number }>();
  readonly #async: AsyncEvents;
  readonly #options: FunctionsOptions;
  readonly #put: FunctionFigure;

  constructor(options: FunctionsOptions) {
    this.#options = options;
    options.figures.quotas.set('ConcurrentExecutions', ACCOUNT_CONCURRENCY);
    this.#put = lambdaFigures(options.figures);
    this.#async = new AsyncEvents({ ...options, invoke: (name, event) => this.invoke(name, event) });
  }

  define(spec: FunctionSpec): void {
    const known = this.#functions.get(spec.name);
    if (known) {
      known.spec = spec;
      known.pool.renew(spec);
      return;
    }
    const { figures, faults } = this.#options;
    const onLine = (line: string, requestId: string) => {
      putLoggedMetrics(line, figures, figures.now() - Date.now());
      this.journal.log(requestId, line);
    };
    const pool = new Pool(spec, { ...this.#options, onLine });
    this.#functions.set(spec.name, { spec, pool, running: 0 });
    faults.whenAdded('renew', spec.name, (_, meets) => {
      if (meets()) pool.renew();
    });
  }

  /** Sets the retries and the on-failure destination of asynchronous invocations (AWS::Lambda::EventInvokeConfig). */
  configureAsync(nameOrArn: string, config: AsyncConfig): void {
    this.#async.configure(this.#find(nameOrArn).spec.arn, config);
  }

  get names(): readonly string[] {
    return [...this.#functions.keys()];
  }

  async invoke(nameOrArn: string, event: unknown): Promise<Invocation> {
    const found = this.#find(nameOrArn);
    const { name, reservedConcurrency } = found.spec;
    const running = reservedConcurrency === undefined ? this.#unreserved() : found.running;
    if (running >= (reservedConcurrency ?? ACCOUNT_CONCURRENCY)) throw this.#throttled(name);
    const text = JSON.stringify(event) ?? 'null';
    if (Buffer.byteLength(text) > EVENT_LIMIT) {
      throw new InvokeError('RequestTooLargeException', `An event may have ${EVENT_LIMIT} bytes.`);
    }
    const requestId = randomUUID();
    found.running += 1;
    this.journal.begin(requestId, name, text);
    this.#put(nameOrArn, 'ConcurrentExecutions', found.running);
    this.#options.figures.put(usage, this.#unreserved());
    try {
      const delay = this.#options.faults.meet('delay', name);
      if (delay) await sleep(delay.ms);
      const startedAt = performance.now();
      const run = await found.pool.run(requestId, text);
      const durationMs = performance.now() - startedAt;
      if (run === 'throttled') {
        this.journal.end(requestId, 'null', true, durationMs);
        throw this.#throttled(name);
      }
      const { payload, failed, cold } = run;
      const result: unknown = JSON.parse(payload);
      this.journal.end(requestId, payload, failed, durationMs);
      this.#put(nameOrArn, 'Invocations', 1);
      this.#put(nameOrArn, 'Duration', durationMs);
      this.#put(nameOrArn, 'Errors', failed ? 1 : 0);
      this.#report(name, durationMs, cold, failed ? result : undefined);
      return { requestId, payload: result, durationMs, ...(failed && { functionError: 'Unhandled' as const }) };
    } finally {
      found.running -= 1;
    }
  }

  async invokeAsync(nameOrArn: string, event: unknown): Promise<void> {
    this.#async.accept(this.#find(nameOrArn).spec.arn, event);
  }

  /** Lets later events of a function run its present code. Events that are being handled finish with the code they began with. */
  renew(nameOrArn: string): void {
    this.#find(nameOrArn).pool.renew();
  }

  /** Forgets a function. Events that are being handled are finished. */
  remove(nameOrArn: string): void {
    this.renew(nameOrArn);
    this.#functions.delete(functionName(nameOrArn));
  }

  /** Ends a function's workers, even while they handle an event. */
  async kill(nameOrArn: string): Promise<void> {
    await this.#find(nameOrArn).pool.kill();
  }

  doomed(port: number): (() => void) | undefined {
    for (const { pool } of this.#functions.values()) {
      const sandbox = pool.doomed(port);
      if (sandbox) return () => sandbox.crash();
    }
    return undefined;
  }

  /**
   * Waits until no event is being handled. What runs for longer than `ms` is ended as by a crash, and events that wait for another attempt
   * are given up.
   */
  async settle(ms: number): Promise<void> {
    const until = Date.now() + ms;
    for (;;) {
      this.#async.giveUp();
      const busy = [...this.#functions.values()].filter(({ running }) => running > 0);
      if (busy.length === 0) return;
      if (Date.now() > until) await Promise.all(busy.map(({ pool }) => pool.kill()));
      await sleep(10);
    }
  }

  async stop(): Promise<void> {
    this.#async.stop();
    await Promise.all([...this.#functions.values()].map(({ pool }) => pool.stop()));
  }

  /** Finds a function by name or ARN, with or without a version or alias. */
  #find(nameOrArn: string) {
    const found = this.#functions.get(functionName(nameOrArn));
    if (!found) throw new InvokeError('ResourceNotFoundException', `Function not found: ${nameOrArn}`);
    return found;
  }

  #throttled(name: string): InvokeError {
    this.#put(name, 'Throttles', 1);
    return new InvokeError('TooManyRequestsException', 'Rate Exceeded.');
  }

  #unreserved(): number {
    let sum = 0;
    for (const { spec, running } of this.#functions.values())
      if (spec.reservedConcurrency === undefined) sum += running;
    return sum;
  }

  #report(name: string, durationMs: number, cold: boolean, error: unknown): void {
    const line = `${name} ${durationMs.toFixed(0)} ms${cold ? ' (cold start)' : ''}`;
    if (error === undefined) this.#options.log.debug(`✓ ${line}`, name);
    else this.#options.log.warn(`✗ ${line}: ${summary(error)}`);
  }
}

const trace = z._default(z.array(z.string()), []);
const lambdaError = z.object({ errorType: z.string(), errorMessage: z.string(), trace });

/** The type and message of an error, and where it was thrown. */
function summary(error: unknown): string {
  const { errorType, errorMessage, trace } = lambdaError.parse(error);
  // Those of the runtime and of Node.js say nothing of the function.
  const frames = trace.filter((line) => /^ +at /.test(line) && !/functions\/runtime\.mjs:|[( ]node:/.test(line));
  return [`${errorType}: ${errorMessage}`, ...frames].join('\n');
}
