import type { Credentials } from './access/credentials.ts';
import type { Assembly } from './assembly/manifest.ts';
import type { Figures } from './cloudwatch/figures.ts';
import type { FaultTable } from './faults/table.ts';
import type { StackOptions } from './stack.ts';
import { type Functions, type Log, type ServiceName, StackError, type World } from './types.ts';
import { watchFolder } from './watch-folder.ts';

export interface WorldOptions extends Omit<StackOptions, 'port' | 'now'> {
  readonly dataDir: string;
  readonly log: Log;
  readonly credentials: Credentials;
  readonly faults: FaultTable;
  readonly figures: Figures;
}

export interface RunningWorld extends World {
  /** Runs everything that was registered by `whenReady` since it last ran, and watches what `whenChanged` says. */
  ready(): Promise<void>;
  /** Takes the assets of a new assembly. Those of the ones before stay, for what still runs on them. */
  addAssets(more: Assembly['assets']): void;
  /** Keeps the state of everything that was registered by `whenKeeping`, and returns what brings it back. */
  keep(): () => void;
  /** Stops everything that was started, in reverse order. A failure is logged, and the others are still stopped. */
  stop(): Promise<void>;
}

export function createWorld(
  options: WorldOptions,
  { account, region, assets: given }: Assembly,
  functions: Functions,
  startService: (name: ServiceName, world: World) => Promise<string>,
): RunningWorld {
  const endpoints = new Map<ServiceName, Promise<string>>();
  const addresses = new Map<string, string>();
  const starts: (() => Promise<void>)[] = [];
  const stops: (() => Promise<void>)[] = [];
  const keeps: (() => () => void)[] = [];
  const readers: (() => Promise<void>)[] = [];
  const assets = new Map(given);
  /** Whose assets are watched, and how that ends. */
  const watched = new Map<string, { folders: readonly string[]; react: () => Promise<void>; stop?: () => void }>();
  let isReading = false;

  const world: RunningWorld = {
    ...options,
    parameters: options.parameters ?? {},
    account,
    region,
    pages: new Set(),
    stages: {},
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
    addAssets(more) {
      for (const [key, path] of more) assets.set(key, path);
    },
    whenChanged({ stack, logicalId }, folders, react) {
      const key = `${stack}/${logicalId}`;
      watched.get(key)?.stop?.();
      watched.set(key, { folders, react });
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
    whenKeeping(keep) {
      keeps.push(keep);
    },
    keep() {
      const restores = keeps.map((keep) => keep());
      return () => {
        for (const restore of restores) restore();
      };
    },
    whenStopping(stop) {
      stops.push(stop);
    },
    async ready() {
      await world.startReading();
      for (const start of starts.splice(0)) await start();
      watchAssets();
    },
    async stop() {
      unwatchAssets();
      for (const stop of stops.splice(0).reverse())
        await stop().catch((error) => options.log.warn(`While stopping: ${error}`));
    },
  };
  return world;

  /** Watches all folders anew: a build may have removed one and made it again. */
  function watchAssets(): void {
    unwatchAssets();
    if (!options.watch) return;
    for (const each of watched.values()) {
      const stops = each.folders.map((folder) =>
        watchFolder(folder, each.react, (error) => options.log.warn(`After a change in ${folder}: ${error}`)),
      );
      each.stop = () => {
        for (const stop of stops) stop();
      };
    }
  }

  function unwatchAssets(): void {
    for (const each of watched.values()) each.stop?.();
  }
}
