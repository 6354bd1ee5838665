import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeAwsConfig } from './access/aws-config.ts';
import { newCredentials } from './access/credentials.ts';
import { type Deployed, deploy, type Existing } from './assembly/deploy.ts';
import { type Assembly, readAssembly } from './assembly/manifest.ts';
import type { Alarms } from './cloudwatch/alarms.ts';
import { Figures } from './cloudwatch/figures.ts';
import { createCloudWatch } from './cloudwatch/index.ts';
import { dataPage } from './console/data-page.ts';
import { consoleKey } from './console/key.ts';
import { type Shown, stackPage } from './console/stack-page.ts';
import { handlers as deploymentHandlers } from './deployment/index.ts';
import { createDistributions } from './distribution/index.ts';
import { handlers as eventSourceHandlers } from './event-sources/index.ts';
import { faultPage } from './faults/page.ts';
import { FaultTable } from './faults/table.ts';
import { surroundingsOf } from './functions/environment.ts';
import { LocalFunctions } from './functions/functions.ts';
import { functionHandlers } from './functions/resources.ts';
import { gatewayHandlers } from './gateways.ts';
import { lockDataDir } from './lock.ts';
import { publishResult } from './services/events/bus.ts';
import { startFront } from './services/front.ts';
import { handlers as serviceHandlers, startService } from './services/index.ts';
import { sendTo } from './services/send-to.ts';
import { removeMails } from './services/ses/mails.ts';
import { mailPage } from './services/ses/page.ts';
import { type Log, NeedsRestart, type ServiceName, StackError, type WebSocketLimits, type World } from './types.ts';
import { createWorld } from './world.ts';

export interface StackOptions {
  /** The folder that `cdk synth` wrote. */
  readonly assemblyDir: string;
  /**
   * The folder for all data that survives a restart. Only one running stack at a time can use it. Without one, the stack begins empty, can be
   * reset, and leaves nothing behind.
   */
  readonly dataDir?: string;
  /** The port of the first distribution with a root object, or of the page that lists the outputs. Any free port unless given. */
  readonly port?: number;
  /** Gets what there is to say. Unless given, warnings are written to the standard error output. */
  readonly log?: Log;
  readonly faults?: FaultTable;
  /** Values for the parameters of the templates, by `Name`, or `Stack:Name` for one of several stacks. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly webSocket?: WebSocketLimits;
  /** Whether changed files of the assembly's assets take effect while the stack runs. Not unless given. */
  readonly watch?: boolean;
  /** The time of metrics and alarms, in milliseconds since 1970. Tests move it. */
  readonly now?: () => number;
}

export interface RunningStack {
  /** The address to open: `http://localhost:PORT`. */
  readonly url: string;
  /** The address of the page about the stack, with the key of this start. */
  readonly consoleUrl: string;
  /** The outputs by stack and name, with local addresses. They are also in `outputs.json` in the data folder. */
  readonly outputs: Record<string, Record<string, string>>;
  /** The file with which the `aws` command reaches the local services, by its profile `local`. */
  readonly awsConfig: string;
  /** The file with the variables of the environment by which programs reach them. */
  readonly awsVariables: string;
  readonly created: Deployed['created'];
  readonly skipped: Deployed['skipped'];
  readonly functions: LocalFunctions;
  readonly world: World;
  readonly alarms: Alarms;
  /**
   * Lets the assembly that is in its folder now take effect: new resources are created, changed ones are changed, and workers are ended of
   * functions that have changed only. @throws NeedsRestart that says what can't change in a running stack, and StackError for what it can't run at all.
   */
  update(): Promise<void>;
  /**
   * Closes all sockets, lets running functions end, and brings the data back to what it was after the start: tables, buckets, queues, secrets,
   * parameters. Mails and shown invocations are removed. The functions' workers stay. @throws StackError if a `dataDir` was given, whose
   * data is somebody's.
   */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/** How long a stop and a reset wait for running invocations, in milliseconds. */
const STOP_TIMEOUT = 2000;
/** After a reset, what had been on its way to a function before it has arrived within so many milliseconds. */
const ARRIVAL = 20;

const quiet: Log = { info() {}, debug() {}, warn: (line) => console.warn(line) };

/** Runs an assembly. @throws StackError with a message for the developer, after everything that was started has stopped. */
export async function createStack({ port = 0, log = quiet, ...given }: StackOptions): Promise<RunningStack> {
  const assembly = readAssembly(given.assemblyDir);
  const dataDir = given.dataDir ?? fs.mkdtempSync(path.join(os.tmpdir(), 'cdk-local-stack-'));
  const options = { ...given, dataDir, log };
  for (const warning of assembly.warnings) options.log.warn(`The app warns: ${warning}`);
  const unlock = lockDataDir(options.dataDir);
  const faults = options.faults ?? new FaultTable();
  const figures = new Figures(options.now);
  const services = servicesOf(assembly);
  const functions = new LocalFunctions({
    log: options.log,
    faults,
    figures,
    surroundings: (spec) => surroundingsOf(spec, services, front, world),
    deliver: async (arn, record) =>
      arn.includes(':events:') ? publishResult(world, arn, record) : sendTo(world, arn, JSON.stringify(record)),
  });
  const world = createWorld(
    { ...options, faults, figures, credentials: newCredentials() },
    assembly,
    functions,
    startService,
  );
  const cloudWatch = createCloudWatch(world);
  const existing = new Map<string, Existing>();
  let front = '';
  let shown: Shown = { outputs: {}, endpoints: {}, resources: {}, skipped: {} };
  world.whenStopping(async () => {
    unlock();
    if (given.dataDir === undefined) fs.rmSync(dataDir, { recursive: true, force: true });
  });
  world.whenKeeping(() => () => functions.journal.clear());
  world.whenKeeping(() => () => removeMails(dataDir));
  world.whenStopping(() => functions.stop());

  try {
    front = await startFront(services, world);
    const distributions = await createDistributions(port, world, [
      stackPage(functions, world.sockets, () => shown),
      dataPage(world, { tables: services.includes('DYNAMODB'), queues: services.includes('SQS') }),
      mailPage(world.dataDir),
      faultPage(faults),
      ...cloudWatch.pages,
    ]);
    const handlers = [
      ...functionHandlers(functions),
      ...gatewayHandlers(),
      ...cloudWatch.handlers,
      ...distributions.handlers,
      ...serviceHandlers,
      ...eventSourceHandlers,
      ...deploymentHandlers,
    ];
    let deployed = await take(assembly);
    const files = writeAwsConfig(front, world);
    const restore = given.dataDir === undefined ? world.keep() : undefined;
    return {
      url: distributions.url,
      consoleUrl: `${distributions.url}/_local/?key=${consoleKey(world)}`,
      get outputs() {
        return deployed.outputs;
      },
      awsConfig: files.config,
      awsVariables: files.variables,
      get created() {
        return deployed.created;
      },
      get skipped() {
        return deployed.skipped;
      },
      functions,
      world,
      alarms: cloudWatch.alarms,
      async update() {
        const next = readAssembly(options.assemblyDir);
        if (next.account !== world.account || next.region !== world.region)
          throw new NeedsRestart(`the stacks are for ${next.account} in ${next.region} now`);
        world.addAssets(next.assets);
        services.push(...servicesOf(next).filter((name) => !services.includes(name)));
        deployed = await take(next);
      },
      async reset() {
        if (!restore)
          throw new StackError(`The data in ${dataDir} stays: only a stack without a dataDir can be reset.`);
        for (const { closeAll } of world.sockets) await closeAll();
        do {
          await functions.settle(STOP_TIMEOUT);
          restore();
          await sleep(ARRIVAL);
        } while (functions.journal.entries.length > 0);
      },
      stop,
    };

    async function take(now: Assembly): Promise<Deployed> {
      const made = await deploy(now, handlers, world, existing);
      const { outputs, created, skipped } = made;
      fs.writeFileSync(path.join(dataDir, 'outputs.json'), `${JSON.stringify(outputs, null, 2)}\n`);
      await world.ready();
      const addresses = services.map(async (name) => [name, await world.endpoint(name)]);
      const endpoints = Object.fromEntries(await Promise.all(addresses));
      shown = {
        outputs,
        endpoints: { ...world.stages, AWS_ENDPOINT_URL: front, ...endpoints },
        resources: countTypes(created),
        skipped: countTypes(skipped),
      };
      distributions.open(outputs);
      return made;
    }
  } catch (error) {
    await stop();
    throw error;
  }

  /** Stops everything. Running invocations get `STOP_TIMEOUT`, and then their functions are ended. */
  async function stop(): Promise<void> {
    const timeout = setTimeout(() => void functions.stop(), STOP_TIMEOUT);
    await world.stop();
    clearTimeout(timeout);
  }
}

function countTypes(placed: Deployed['created']): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(placed, ({ type }) => type)].map(([type, all]) => [type, all.length]));
}

/** What says that an app uses a service: a type of its resources, or a permission where it needs no resource of its own. */
const USES: readonly (readonly [text: string, service: ServiceName])[] = [
  ['"Type":"AWS::DynamoDB::', 'DYNAMODB'],
  ['"Type":"AWS::DynamoDB::', 'DYNAMODB_STREAMS'],
  ['"Type":"AWS::Events::EventBus', 'EVENTBRIDGE'],
  ['"Type":"AWS::S3::', 'S3'],
  ['"Type":"AWS::SNS::', 'SNS'],
  ['"Type":"AWS::SQS::', 'SQS'],
  ['"Type":"AWS::SecretsManager::', 'SECRETS_MANAGER'],
  ['"Type":"AWS::SSM::', 'SSM'],
  ['"Type":"AWS::Lambda::', 'LAMBDA'],
  ['"events:PutEvents"', 'EVENTBRIDGE'],
  ['"ses:SendEmail"', 'SESV2'],
  ['"ssm:', 'SSM'],
];

/** Returns the services that the templates have resources of, or permissions for. */
function servicesOf({ stacks }: Assembly): ServiceName[] {
  const all = JSON.stringify(stacks.map(({ template }) => template.Resources));
  return [...new Set(USES.filter(([text]) => all.includes(text)).map(([, service]) => service))];
}
