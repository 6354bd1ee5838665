import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Log, StackError } from '../../types.ts';
import type { HttpService } from '../http-service.ts';
import { type Address, addressesWithoutBrowsers } from './address.ts';
import { endChild, isRunning, startChild } from './child-process.ts';
import { applyWorkarounds, dynoxideBinary } from './dynoxide.ts';

/** The endpoint stays the same when the server is restarted. */
export interface DynamoDb extends HttpService {
  /** Ends the process as a crash would. It is started again. */
  kill(): Promise<void>;
}

/** How long a server stays ended before it is started again, in milliseconds. */
const RESTART_DELAY = 100;

export interface DynamoDbOptions {
  /** The SQLite file. It is created if it doesn't exist. */
  readonly file: string;
  readonly log: Pick<Log, 'warn'>;
}

/** Starts dynoxide at a free address that browsers don't reach, and restarts it whenever it exits. */
export async function startDynamoDb({ file, log }: DynamoDbOptions): Promise<DynamoDb> {
  let { server, address } = await launchAnywhere(file);
  try {
    applyWorkarounds(file);
  } catch (error) {
    await endChild(server, 'SIGKILL');
    throw error;
  }

  const stopping = new AbortController();
  const supervise = async () => {
    const { signal } = stopping;
    while (!signal.aborted) {
      if (isRunning(server)) await once(server, 'exit', { signal }).catch(() => {});
      await sleep(RESTART_DELAY, undefined, { signal }).catch(() => {});
      if (!signal.aborted) server = await relaunch(file, address, server, log);
    }
    await endChild(server, 'SIGTERM');
  };
  const supervised = supervise();

  return {
    endpoint: `http://${address.host}:${address.port}`,
    kill: () => endChild(server, 'SIGKILL'),
    async stop() {
      stopping.abort();
      await supervised;
    },
  };
}

async function launchAnywhere(file: string): Promise<{ server: ChildProcess; address: Address }> {
  for (const address of addressesWithoutBrowsers()) {
    try {
      return { server: await launch(file, address), address };
    } catch (error) {
      const isTaken = error instanceof Error && error.message.includes('already in use');
      if (!isTaken) throw error;
    }
  }
  throw new StackError('No port is free for the local DynamoDB: stop another local stack.');
}

/** Restarts the server. If that fails, it returns the dead process, so that the next round tries again. */
async function relaunch(file: string, address: Address, dead: ChildProcess, log: DynamoDbOptions['log']) {
  try {
    return await launch(file, address);
  } catch (error) {
    log.warn(`The local DynamoDB is down: ${error instanceof Error ? error.message : error}`);
    return dead;
  }
}

/** Resolves once the server listens. */
async function launch(file: string, { host, port }: Address): Promise<ChildProcess> {
  const args = ['serve', '--host', host, '--port', String(port), '--db-path', file];
  const server = startChild(dynoxideBinary(), args);
  const lines: string[] = [];
  const listening = new Promise<boolean>((resolve) => {
    for (const stream of [server.stdout, server.stderr]) {
      if (!stream) continue;
      createInterface(stream).on('line', (line) => {
        if (line.startsWith('Dynoxide listening')) resolve(true);
        else if (line) lines.push(line);
      });
    }
    server.once('error', ({ message }) => lines.push(message));
    server.once('close', () => resolve(false));
  });
  if (await listening) return server;
  throw new StackError(`The local DynamoDB can't use ${file}: ${lines.join(' ') || `exit code ${server.exitCode}`}`);
}
