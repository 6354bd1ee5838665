/**
 * The contract between the parts of the local stack. It is a small CloudFormation: resources of the synthesized
 * templates are created in dependency order, each by the handler of its type, and what a handler answers (`ref`,
 * `attributes`) is what `Ref` and `Fn::GetAtt` give to the resources after it.
 */

/** A resource of a template, every intrinsic function in its properties resolved. */
export interface Resource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What CloudFormation knows of a resource once it exists. */
export interface Created {
  readonly ref: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** Creates (or finds again, after a restart) the resources of some types. */
export interface ResourceHandler {
  readonly types: readonly string[];
  create(resource: Resource, world: World): Promise<Created>;
}

/** What an invocation came to; `functionError` as Lambda's `X-Amz-Function-Error` has it. */
export interface Invocation {
  readonly requestId: string;
  readonly payload: unknown;
  readonly functionError?: 'Handled' | 'Unhandled';
  readonly durationMs: number;
}

/** A Lambda function as its template describes it. Times in milliseconds, memory in MiB. */
export interface FunctionSpec {
  readonly name: string;
  readonly arn: string;
  /** Folder with the unpacked code asset. */
  readonly codeDir: string;
  /** `file.export`, as in the template. */
  readonly handler: string;
  /** `nodejs24.x` and the like. */
  readonly runtime: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly memoryMiB: number;
  /** Workers that may run at once; further invocations are throttled (429), as on Lambda. */
  readonly reservedConcurrency?: number;
}

export interface Functions {
  define(spec: FunctionSpec): void;
  /** Accepts a name or an ARN. Rejects only with an `InvokeError`. */
  invoke(nameOrArn: string, event: unknown): Promise<Invocation>;
  /**
   * Queues an event, as S3, EventBridge and `InvocationType: Event` do; retries and on-failure destination are the function's own.
   * Rejects only when there is no such function.
   */
  invokeAsync(nameOrArn: string, event: unknown): Promise<void>;
}

/** Why an event was not given to a function at all; `code` as the Lambda API names it. */
export class InvokeError extends Error {
  readonly code: 'ResourceNotFoundException' | 'TooManyRequestsException' | 'RequestTooLargeException';

  constructor(code: InvokeError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** The AWS services that functions reach through `AWS_ENDPOINT_URL_<SERVICE>`. */
export type ServiceName =
  | 'DYNAMODB'
  | 'DYNAMODB_STREAMS'
  | 'S3'
  | 'SQS'
  | 'SECRETS_MANAGER'
  | 'LAMBDA'
  | 'APIGATEWAYMANAGEMENTAPI';

/** One running stack. */
export interface World {
  readonly account: string;
  readonly region: string;
  /** Folder of the cloud assembly (`cdk.out`). */
  readonly assemblyDir: string;
  /** Folder for everything that outlives a restart. */
  readonly dataDir: string;
  readonly log: Log;
  readonly functions: Functions;
  readonly faults: Faults;
  /** Limits of WebSocket APIs other than AWS's own (10 minutes, 2 hours, no limit of calls a second). */
  readonly webSocket?: WebSocketLimits;
  /** Base URL of a local service, started at the first call. */
  endpoint(service: ServiceName): Promise<string>;
  /** Path of the file or folder of a file asset, by the S3 object key that the template names. */
  asset(objectKey: string): string;
  /**
   * Says that an address which the template spells as AWS would (`https://abc.execute-api.us-east-1.amazonaws.com`) is served
   * here; it is replaced wherever it occurs in function environments, deployed files and outputs.
   */
  serveAt(awsUrl: string, localUrl: string): void;
  /** `text` with every address registered by `serveAt` replaced. */
  localize(text: string): string;
  /** Runs when files below the folder of an asset have changed, in a stack that watches its assets. */
  whenChanged(folder: string, react: () => Promise<void>): void;
  /** Runs once all resources exist (pollers, schedules); before the stack says that it is ready. */
  whenReady(start: () => Promise<void>): void;
  /** Runs when the stack stops, in reverse order of registration. */
  whenStopping(stop: () => Promise<void>): void;
}

/** Properties of a CloudFormation resource, intrinsic functions resolved. */
export type Properties = Readonly<Record<string, unknown>>;

/** One API Gateway v2 API, HTTP or WebSocket. Its parts arrive in dependency order. */
export interface GatewayApi {
  readonly id: string;
  addRoute(id: string, properties: Properties): void;
  addIntegration(id: string, properties: Properties): void;
  addAuthorizer(id: string, properties: Properties): void;
  addIntegrationResponse(properties: Properties): void;
  addRouteResponse(properties: Properties): void;
  addStage(name: string, properties: Properties): void;
  close(): Promise<void>;
}

/** Listens on a free loopback port and tells `world.serveAt` its execute-api addresses (`https:`, and `wss:` for WebSocket APIs). */
export type CreateApi = (id: string, properties: Properties, world: World) => Promise<GatewayApi>;

/** Times in milliseconds. */
export interface WebSocketLimits {
  readonly idleMs?: number;
  readonly maxLifeMs?: number;
  /** `@connections` calls that may come in a second; more are answered with 429. */
  readonly managementCallsPerSecond?: number;
}

export interface Log {
  /** A line for the person who started the stack. */
  info(line: string): void;
  /** Shown with `--verbose` only. */
  debug(line: string): void;
  warn(line: string): void;
}

/** Faults that a chaos suite puts in on purpose; all off at the start. */
export interface Faults {
  /** Calls to a service fail with a connection error until the given time (`Date.now()` scale). */
  readonly serviceDownUntil: Map<ServiceName, number>;
  /** Extra milliseconds before every invocation of a function, by name ('*' for all). */
  readonly functionLatencyMs: Map<string, number>;
  /** Stream batches to drop or to deliver twice, by chance 0..1. */
  streamDropRate: number;
  streamDuplicateRate: number;
  /** Each WebSocket API registers here what closes all its sockets (1001), as at the end of their lives. */
  readonly expireSockets: Set<() => void>;
}

/** A message for the person at the keyboard: shown as one sentence, without a stack trace; exit code 1. */
export class StackError extends Error {}
