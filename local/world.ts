import type { Credentials } from './access/credentials.ts';
import type { Assembly } from './assembly/manifest.ts';
import type { Figures } from './cloudwatch/figures.ts';
import type { FaultTable } from './faults/table.ts';
import { type Functions, type Log, type ServiceName, StackError, type WebSocketLimits, type World } from './types.ts';
import { watchFolder } from './watch-folder.ts';

export interface WorldOptions {
  readonly assemblyDir: string;
  readonly dataDir: string;
  readonly credentials: Credentials;
  readonly log: Log;
  readonly faults: FaultTable;
  readonly figures: Figures;
  readonly webSocket?: WebSocketLimits;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Whether changed files of the assembly's assets take effect while the stack runs. Not unless given. */
  readonly watch?: boolean;
}

export interface RunningWorld extends World {
  /** Runs everything that was registered by `whenReady`. */
  ready(): Promise<void>;
  /** Stops everything that was started, in reverse order. A failure is logged, and the others are still stopped. */
  stop(): Promise<void>;
}

export function createWorld(
  options: WorldOptions,
  { account, region, assets }: Assembly,
  functions: Functions,
  startService: (name: ServiceName, world: World) => Promise<string>,
): RunningWorld {
  const endpoints = new Map<ServiceName, Promise<string>>();
  const addresses = new Map<string, string>();
  const starts: (() => Promise<void>)[] = [];
  const stops: (() => Promise<void>)[] = [];
  const readers: (() => Promise<void>)[] = [];
  let isReading = false;

  const world: RunningWorld = {
    ...options,
    parameters: options.parameters ?? {},
    account,
    region,
    pages: new Set(),
    sockets: [],
    writes: { count: undefined },
    functions,
    endpoint(name) {
      const endpoint = endpoints.get(name) ?? startService(name, world);
      endpoints.set(name, endpoint);
      return endpoint;
    },
    asset(objectKey) {
      const path = assets.get(objectKey);
      if (path === undefined) throw new StackError(`The assembly has no file asset ${objectKey}.`);
      return path;
    },
    serveAt(awsUrl, localUrl) {
      addresses.set(awsUrl, localUrl);
    },
    addressOf(host) {
      return addresses.get(`https://${host}`);
    },
    localize(text) {
      let localized = text;
      for (const [awsUrl, localUrl] of addresses) localized = localized.replaceAll(awsUrl, localUrl);
      return localized;
    },
    whenChanged(folder, react) {
      if (!options.watch) return;
      const warn = (error: unknown) => options.log.warn(`After a change in ${folder}: ${error}`);
      const stop = watchFolder(folder, react, warn);
      world.whenStopping(async () => stop());
    },
    whenReading(start) {
      readers.push(start);
      if (isReading) void world.startReading();
    },
    async startReading() {
      isReading = true;
      for (const start of readers.splice(0)) await start();
    },
    whenReady(start) {
      starts.push(start);
    },
    whenStopping(stop) {
      stops.push(stop);
    },
    async ready() {
      await world.startReading();
      for (const start of starts.splice(0)) await start();
    },
    async stop() {
      for (const stop of stops.splice(0).reverse())
        await stop().catch((error) => options.log.warn(`While stopping: ${error}`));
    },
  };
  return world;
}
