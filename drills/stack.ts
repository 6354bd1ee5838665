import { type ChildProcess, fork } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import * as z from 'zod/mini';
import type { Access } from '#local/access/credentials.ts';
import { sign } from '#local/access/signature.ts';
import type { FaultInput } from '#local/faults/fault.ts';
import { freePort } from '#test/helpers/storm.ts';

/**
 * How much faster the clock of metrics and alarms is than that of the wall. A minute of CloudWatch is ten seconds of a drill, which is how
 * often the stack evaluates alarms.
 */
export const clockSpeed = 6;

/** What the process of a stack says when it is ready. */
export interface Started extends Access {
  readonly url: string;
}

const Rows = z.object({
  rows: z.array(
    z.object({ fault: z.looseObject({ kind: z.string(), rate: z.number() }), events: z.number(), met: z.number() }),
  ),
});
export type MetFault = z.infer<typeof Rows>['rows'][number];
const AlarmStates = z.object({ alarms: z.array(z.object({ name: z.string(), state: z.string() })) });

/** A local stack in a process of its own, with the controls that a drill has of it. */
export class DrillStack {
  readonly assemblyDir: string;
  readonly #port: number;
  readonly #folder = fs.mkdtempSync(path.join(tmpdir(), 'drill-'));
  readonly #epoch = Date.now();
  #child: ChildProcess | undefined;
  #started: Started | undefined;

  private constructor(assemblyDir: string, port: number) {
    this.assemblyDir = assemblyDir;
    this.#port = port;
  }

  /** Starts a stack with no data. */
  static async start(assemblyDir: string): Promise<DrillStack> {
    const stack = new DrillStack(assemblyDir, await freePort());
    await stack.start();
    return stack;
  }

  get url(): string {
    return this.#running.url;
  }

  /** Starts it again after `kill`, with the same port and data. */
  async start(): Promise<void> {
    const args = [this.assemblyDir, path.join(this.#folder, 'data'), String(this.#port), String(this.#epoch)];
    const child = fork(new URL('stack-process.ts', import.meta.url), args, {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child = child;
    const died = once(child, 'exit').then(() => Promise.reject(new Error('The stack has died.')));
    [this.#started] = await Promise.race([once(child, 'message'), died]);
    died.catch(() => {});
  }

  /** Ends the process with `kill -9`: the gateway, all functions and all services at once. */
  async kill(): Promise<void> {
    await this.#end((child) => child.kill('SIGKILL'));
  }

  /** Stops it and deletes its data. */
  async stop(): Promise<void> {
    await this.#end((child) => child.disconnect());
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Adds rows to the fault table. With a seed, all others are removed first. */
  async inject(faults: readonly FaultInput[], seed?: number): Promise<void> {
    await this.#change('POST', JSON.stringify({ faults, ...(seed !== undefined && { seed }) }));
  }

  /** Ends all faults. */
  async clear(): Promise<void> {
    await this.#change('DELETE', '');
  }

  /** The fault table, with how many events met each row. */
  async faults(): Promise<MetFault[]> {
    return Rows.parse(await (await fetch(`${this.url}/_local/faults.json`)).json()).rows;
  }

  /** The names of the alarms that are raised, without that of the stack. */
  async raised(): Promise<string[]> {
    const { alarms } = AlarmStates.parse(await (await fetch(`${this.url}/_local/alarms.json`)).json());
    return alarms.filter(({ state }) => state === 'ALARM').map(({ name }) => name);
  }

  get #running(): Started {
    if (!this.#started) throw new Error('The stack was not started');
    return this.#started;
  }

  async #change(method: 'POST' | 'DELETE', body: string): Promise<void> {
    const url = new URL('/_local/faults.json', this.url);
    const unsigned = { method, path: url.pathname, query: url.searchParams, headers: { host: url.host } };
    const signed = sign(unsigned, this.#running, 'local', hash('sha256', body), Date.now());
    const headers = Object.entries(signed).map(([name, value]): [string, string] => [name, String(value)]);
    const response = await fetch(url, { method, headers, ...(method === 'POST' && { body }) });
    if (!response.ok) throw new Error(`The stack refuses faults: ${await response.text()}`);
  }

  async #end(how: (child: ChildProcess) => unknown): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null) return;
    const exited = once(child, 'exit');
    how(child);
    await exited;
  }
}
