import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Deployed, deploy } from './assembly/deploy.ts';
import { type Assembly, readAssembly } from './assembly/manifest.ts';
import { handlers as deploymentHandlers, nativeCustomResources } from './deployment/index.ts';
import { createDistributions } from './distribution/index.ts';
import { handlers as eventSourceHandlers } from './event-sources/index.ts';
import { createFaults } from './faults.ts';
import { functionEnvironment, functionHandlers, LocalFunctions, lambdaApi, sendToQueue } from './functions/index.ts';
import { gatewayHandlers } from './gateways.ts';
import { lockDataDir } from './lock.ts';
import { serveHttp } from './services/http-service.ts';
import { handlers as serviceHandlers, startService } from './services/index.ts';
import type { Faults, Log, ServiceName, WebSocketLimits, World } from './types.ts';
import { createWorld } from './world.ts';

export interface StackOptions {
  /** Folder that `cdk synth` wrote. */
  readonly assemblyDir: string;
  /** Folder for everything that outlives a restart; one running stack at a time may use it. */
  readonly dataDir: string;
  /** Port of the first distribution with a root object, or of the page that lists the outputs; 0 for a free one. */
  readonly port: number;
  readonly log: Log;
  readonly faults?: Faults;
  readonly webSocket?: WebSocketLimits;
  /** Whether changed files of the assembly's assets take effect while the stack runs. Not unless given. */
  readonly watch?: boolean;
}

export interface RunningStack {
  /** `http://localhost:PORT`, where a person starts. */
  readonly url: string;
  /** Outputs by stack and name, with local addresses. Also in `outputs.json` in the data folder. */
  readonly outputs: Record<string, Record<string, string>>;
  readonly created: number;
  readonly skipped: Deployed['skipped'];
  readonly functions: LocalFunctions;
  readonly world: World;
  stop(): Promise<void>;
}

/** Milliseconds that invocations under way may still take when the stack stops. */
const STOP_PATIENCE = 2000;

/** Runs an assembly. @throws StackError with a sentence for the person at the keyboard; nothing is left running then. */
export async function startStack({ port, ...options }: StackOptions): Promise<RunningStack> {
  const assembly = readAssembly(options.assemblyDir);
  const unlock = lockDataDir(options.dataDir);
  const faults = options.faults ?? createFaults();
  const services = servicesOf(assembly);
  const functions = new LocalFunctions({
    log: options.log,
    faults,
    environment: (spec) => functionEnvironment(spec, services, world),
    sendToQueue: (arn, body) => sendToQueue(world, arn, body),
  });
  const world = createWorld({ ...options, faults }, assembly, functions, start);
  world.whenStopping(async () => unlock());
  world.whenStopping(() => functions.stop());

  try {
    const distributions = await createDistributions(port, world);
    const handlers = [
      ...functionHandlers(functions),
      ...gatewayHandlers(),
      ...distributions.handlers,
      ...serviceHandlers,
      ...eventSourceHandlers,
      ...deploymentHandlers,
    ];
    const { outputs, created, skipped } = await deploy(assembly, { handlers, nativeCustomResources }, world);
    fs.writeFileSync(path.join(options.dataDir, 'outputs.json'), `${JSON.stringify(outputs, null, 2)}\n`);
    await world.ready();
    distributions.open(outputs);
    return { url: distributions.url, outputs, created, skipped, functions, world, stop };
  } catch (error) {
    await stop();
    throw error;
  }

  /** What waits for an invocation waits for so long at most; then the functions are ended. */
  async function stop(): Promise<void> {
    const impatience = setTimeout(() => void functions.stop(), STOP_PATIENCE);
    await world.stop();
    clearTimeout(impatience);
  }

  async function start(name: ServiceName): Promise<string> {
    if (name !== 'LAMBDA') return startService(name, world);
    const { endpoint, stop } = await serveHttp(lambdaApi(functions), () => false);
    world.whenStopping(stop);
    return endpoint;
  }
}

const SERVICES: readonly (readonly [prefix: string, service: ServiceName])[] = [
  ['AWS::DynamoDB::', 'DYNAMODB'],
  ['AWS::DynamoDB::', 'DYNAMODB_STREAMS'],
  ['AWS::S3::', 'S3'],
  ['AWS::SQS::', 'SQS'],
  ['AWS::SecretsManager::', 'SECRETS_MANAGER'],
  ['AWS::Lambda::', 'LAMBDA'],
];

/** Services that the templates have resources of. */
function servicesOf({ stacks }: Assembly): ServiceName[] {
  const types = stacks.flatMap(({ template }) => Object.values(template.Resources).map(({ Type }) => Type));
  return SERVICES.filter(([prefix]) => types.some((type) => type.startsWith(prefix))).map(([, service]) => service);
}
