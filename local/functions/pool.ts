import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultTable } from '../faults/table.ts';
import type { FunctionSpec, Log } from '../types.ts';
import type { Surroundings } from './environment.ts';
import { failure, type Outcome, Sandbox } from './sandbox.ts';

/** After how many idle milliseconds a worker is ended: one of several, and the last one of its function. */
const IDLE_LIMIT = 60_000;
const LAST_IDLE_LIMIT = 300_000;
/** The most workers of one function. Further events wait for one of them, where AWS would start more. */
const MAX_WORKERS = 50;

/**
 * Up to this many workers are started at once when events wait. Each compiles the code for itself, and more of them compete for the same
 * cores: through the whole stack, 50 handled a fifth fewer messages than four.
 */
const EAGER_WORKERS = 4;
/** Beyond that, a worker is started when none has become free for so many milliseconds: all may be waiting for slow calls. */
const START_DELAY = 1_000;

/**
 * For how many milliseconds an event waits for a busy worker. What has waited longer is throttled, as on AWS when there are too many environments:
 * who sent it has given up or soon will, and workers that still did what nobody waits for would never catch up.
 */
const WAIT_LIMIT = 10_000;

const STOPPING = failure('Runtime.ExitError', 'The stack is stopping');

export interface Run extends Outcome {
  readonly cold: boolean;
}

/** An event that waits for a worker. It is given one, or the outcome of starting one, or is throttled. */
interface Waiting {
  readonly since: number;
  take(given: Sandbox | Outcome | 'throttled'): void;
}

/** What the environments of all functions share. */
interface PoolParts {
  surroundings(spec: FunctionSpec): Promise<Surroundings>;
  /** Gets each line of the function's log, and the event that it is of. */
  onLine(line: string, requestId: string): void;
  readonly log: Log;
  readonly faults: FaultTable;
}

/** The execution environments of one function. Warm ones are used again, and another one is started while events wait. */
export class Pool {
  #spec: FunctionSpec;
  readonly #parts: PoolParts;
  readonly #sandboxes = new Set<Sandbox>();
  readonly #idle: Sandbox[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #warm = new WeakSet<Sandbox>();
  /** Those that run code which has changed since. */
  readonly #outdated = new WeakSet<Sandbox>();
  readonly #reapers = new Map<Sandbox, NodeJS.Timeout>();
  #growing = false;
  /** How often a worker has become free. */
  #released = 0;
  #stopped = false;

  constructor(spec: FunctionSpec, parts: PoolParts) {
    this.#spec = spec;
    this.#parts = parts;
  }

  /** Runs the function on an event, or throttles it. */
  async run(requestId: string, event: string): Promise<Run | 'throttled'> {
    const sandbox = await this.#acquire();
    if (sandbox === 'throttled') return sandbox;
    if (!(sandbox instanceof Sandbox)) return { ...sandbox, cold: true };
    const cold = !this.#warm.has(sandbox);
    this.#warm.add(sandbox);
    const outcome = await sandbox.run(requestId, event, this.#parts.faults.meet('crash', this.#spec.name));
    this.#throttle();
    this.#release(sandbox);
    return { ...outcome, cold };
  }

  /** Replaces all workers, because the code or what is said of it has changed. A busy worker ends after its event. */
  renew(spec = this.#spec): void {
    this.#spec = spec;
    for (const sandbox of this.#sandboxes) this.#outdated.add(sandbox);
    for (const sandbox of [...this.#idle]) this.#end(sandbox);
  }

  /** Finds the environment with this local port, if it is to die after its first write. */
  doomed(port: number): Sandbox | undefined {
    for (const sandbox of this.#sandboxes) if (sandbox.isDoomed && sandbox.ports.has(port)) return sandbox;
    return undefined;
  }

  /** Ends all workers. An event that is being handled fails as if its environment had crashed. */
  async kill(): Promise<void> {
    const sandboxes = [...this.#sandboxes];
    await Promise.all(sandboxes.map((sandbox) => sandbox.stop()));
    for (const sandbox of sandboxes) this.#forget(sandbox);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { take } of this.#waiting.splice(0)) take(STOPPING);
    await this.kill();
  }

  #acquire(): Promise<Sandbox | Outcome | 'throttled'> {
    if (this.#stopped) return Promise.resolve(STOPPING);
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      clearTimeout(this.#reapers.get(idle));
      if (idle.usable) return Promise.resolve(idle);
      this.#forget(idle);
    }
    return new Promise((take) => {
      this.#waiting.push({ since: Date.now(), take });
      void this.#grow();
    });
  }

  #release(sandbox: Sandbox): void {
    this.#released += 1;
    if (!sandbox.usable || this.#outdated.has(sandbox)) {
      this.#end(sandbox);
      void this.#grow();
      return;
    }
    const next = this.#waiting.shift();
    if (next) {
      next.take(sandbox);
      return;
    }
    this.#idle.push(sandbox);
    this.#reapIn(IDLE_LIMIT, sandbox);
  }

  #throttle(): void {
    while ((this.#waiting[0]?.since ?? Number.POSITIVE_INFINITY) < Date.now() - WAIT_LIMIT)
      this.#waiting.shift()?.take('throttled');
  }

  /** Starts one worker at a time: by the time it is ready, the others have often handled all waiting events. */
  async #grow(): Promise<void> {
    if (this.#growing) return;
    this.#growing = true;
    while (!this.#stopped && this.#waiting.length > 0 && this.#sandboxes.size < MAX_WORKERS) {
      const released = this.#released;
      if (this.#sandboxes.size >= EAGER_WORKERS) await sleep(START_DELAY, undefined, { ref: false });
      const isStuck = this.#sandboxes.size < EAGER_WORKERS || this.#released === released;
      if (isStuck && !this.#stopped && this.#waiting.length > 0) await this.#add();
    }
    this.#growing = false;
  }

  async #add(): Promise<void> {
    const started = await this.#start().catch((error) => failure('Runtime.ExitError', String(error)));
    if (started instanceof Sandbox) this.#release(started);
    else this.#waiting.shift()?.take(started);
  }

  async #start(): Promise<Sandbox | Outcome> {
    const spec = this.#spec;
    const { surroundings, log, onLine, faults } = this.#parts;
    const clockMs = faults.meet('clock', spec.name)?.ms ?? 0;
    const sandbox = new Sandbox(spec, await surroundings(spec), log, onLine, clockMs);
    this.#sandboxes.add(sandbox);
    if (spec !== this.#spec) this.#outdated.add(sandbox);
    const outcome = await sandbox.loaded;
    if (!outcome.failed) return sandbox;
    this.#forget(sandbox);
    return outcome;
  }

  #reapIn(ms: number, sandbox: Sandbox): void {
    const reap = () => {
      if (this.#sandboxes.size === 1 && ms < LAST_IDLE_LIMIT) return this.#reapIn(LAST_IDLE_LIMIT, sandbox);
      this.#end(sandbox);
    };
    this.#reapers.set(sandbox, setTimeout(reap, ms).unref());
  }

  #end(sandbox: Sandbox): void {
    this.#forget(sandbox);
    void sandbox.stop();
  }

  #forget(sandbox: Sandbox): void {
    this.#sandboxes.delete(sandbox);
    clearTimeout(this.#reapers.get(sandbox));
    this.#reapers.delete(sandbox);
    const index = this.#idle.indexOf(sandbox);
    if (index >= 0) this.#idle.splice(index, 1);
  }
}
