import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { dataFolder } from '#local/test/helpers/data-folder.ts';

/** The whole stack as `npm start` runs it, in its own process. */
export interface Storm {
  readonly url: string;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** Starts it again with the same port and data. */
  start(): Promise<void>;
  /** Stops it and deletes its data. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts the stack. It synthesizes the app, unless an assembly is given. `environment` is added to that of this process. */
export async function startStorm(assembly?: string, environment: NodeJS.ProcessEnv = {}): Promise<Storm> {
  const dataDir = dataFolder('storm-');
  const port = await freePort();
  const assemblyArgs = assembly === undefined ? [] : ['--assembly', assembly];
  const args = ['local/main.ts', '--data', dataDir, '--port', String(port), ...assemblyArgs];
  const options = { env: { ...process.env, ...environment } };
  let child = await run(args, options);
  return {
    url: `http://localhost:${port}`,
    kill: () => end(child, 'SIGKILL'),
    async start() {
      child = await run(args, options);
    },
    async [Symbol.asyncDispose]() {
      await end(child, 'SIGTERM');
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Starts Node.js with a program that runs a stack, and resolves when it says that the stack is ready. */
export async function run(args: readonly string[], options: SpawnOptions = {}): Promise<ChildProcess> {
  const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  await new Promise<void>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      output += chunk;
      if (output.includes('\nOpen ')) resolve();
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('exit', () => reject(new Error(`The stack did not start:\n${output}`)));
  });
  return child;
}

/** Sends a signal, unless the process has ended, and waits for its end. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port was given');
  return address.port;
}
