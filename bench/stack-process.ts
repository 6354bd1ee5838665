/** A process with a local stack that reports to its parent what it used: `fork(…, [assemblyDir, dataDir, 'counted'])`. */
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import type { Worker } from 'node:worker_threads';
import { createStack } from '#local/stack.ts';
import { startDynamoDb } from '#local/test/helpers/dynamodb.ts';
import { startCapacityProxy } from './capacity-proxy.ts';
import type { Started, Usage } from './stack.ts';

const [assemblyDir = '', dataDir = '', counted] = process.argv.slice(2);
const capacity = { calls: 0, readUnits: 0, writeUnits: 0 };
let invocations = 0;
let functionMs = 0;
let logBytes = 0;
let managementCalls = 0;

/** The CPU time of each worker since its start, in ms. For a worker that has ended it is the last value that was read. */
const cpuOf = new Map<Worker, number>();
/** What the start of a worker takes: a thread, Node.js, and the function's module. Its first message says that it has started. */
const startOf = new Map<Worker, Promise<number>>();
process.on('worker', (worker) => {
  worker.once('message', () => startOf.set(worker, cpuIn(worker))).once('exit', () => startOf.delete(worker));
});

async function cpuIn(worker: Worker): Promise<number> {
  // A worker that ends meanwhile can't be read any more.
  const cpu = await worker.cpuUsage().catch(() => undefined);
  return cpu ? (cpu.user + cpu.system) / 1000 : 0;
}

async function lookAtWorkers(): Promise<void> {
  const look = async ([worker, start]: [Worker, Promise<number>]) => {
    const cpu = (await cpuIn(worker)) - (await start);
    if (cpu > 0) cpuOf.set(worker, cpu);
  };
  await Promise.all([...startOf].map(look));
}
setInterval(lookAtWorkers, 5_000).unref();

subscribe('http.server.request.start', (message) => {
  const { request } = message as { request: IncomingMessage };
  if (request.url?.includes('/@connections/')) managementCalls++;
});

const countInvocation = (line: string) => {
  const logged = /^\S+: (\{.*\})$/.exec(line)?.[1];
  if (logged !== undefined) logBytes += Buffer.byteLength(logged);
  const duration = /^[✓✗] \S+ (\d+) ms/.exec(line)?.[1];
  if (duration === undefined) return;
  invocations++;
  functionMs += Number(duration);
};

const database = counted === 'counted' ? await startDynamoDb() : undefined;
const proxy = database && (await startCapacityProxy(database.endpoint, capacity));
if (proxy) process.env['AWS_ENDPOINT_URL_DYNAMODB'] = proxy.endpoint;
const stack = await createStack({
  assemblyDir,
  dataDir,
  port: 0,
  log: {
    info: () => {},
    debug: countInvocation,
    warn(line) {
      countInvocation(line);
      // Failures during the stop don't matter: thousands of sockets are closed at once.
      if (process.connected) console.error(line);
    },
  },
});

process.on('message', async () => {
  await lookAtWorkers();
  const functionCpuMs = [...cpuOf.values()].reduce((sum, cpu) => sum + cpu, 0);
  process.send?.({ ...capacity, invocations, managementCalls, functionMs, functionCpuMs, logBytes } satisfies Usage);
});

process.once('disconnect', async () => {
  await stack.stop();
  await proxy?.stop();
  await database?.stop();
  process.exit();
});

process.send?.({
  url: stack.url,
  outputs: stack.outputs,
  database: database?.endpoint ?? (await stack.world.endpoint('DYNAMODB')),
  credentials: stack.world.credentials,
} satisfies Started);
