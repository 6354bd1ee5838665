/**
 * The interfaces between the parts of the local stack, which works like a small CloudFormation. The resources of the synthesized
 * templates are created in dependency order, each by the handler of its type. The `ref` and `attributes` that a handler returns are
 * the values of `Ref` and `Fn::GetAtt` for later resources.
 */

import type { Credentials } from './access/credentials.ts';
import type { Figures } from './cloudwatch/figures.ts';
import type { FaultTable } from './faults/table.ts';
import type { ServiceName } from './services/names.ts';

export type { ServiceName };

/** A resource of a template, with all intrinsic functions in its properties resolved. */
export interface Resource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The return values of a resource that exists. */
export interface Created {
  readonly ref: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** Creates the resources of some types, or finds them after a restart. */
export interface ResourceHandler {
  readonly types: readonly string[];
  create(resource: Resource, world: World): Promise<Created>;
  /** Whether `create` also takes a resource that is there and has changed, while the stack runs. For others it starts again. */
  readonly changes?: true;
  /** Takes away a resource that a new template doesn't have any more, while the stack runs. For others it starts again. */
  remove?(resource: Resource): void;
}

/** The outcome of an invocation. `functionError` is the value of Lambda's header `X-Amz-Function-Error`. */
export interface Invocation {
  readonly requestId: string;
  readonly payload: unknown;
  readonly functionError?: 'Handled' | 'Unhandled';
  readonly durationMs: number;
}

/** A Lambda function as its template describes it. Times are in milliseconds, and memory is in MiB. */
export interface FunctionSpec {
  readonly name: string;
  readonly arn: string;
  /** The folder with the unpacked code asset. */
  readonly codeDir: string;
  /** The folders of its layers. The first has precedence. */
  readonly layerDirs?: readonly string[];
  /** The handler as in the template: `file.export`. */
  readonly handler: string;
  /** The runtime as in the template, such as `nodejs24.x`. */
  readonly runtime: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly memoryMiB: number;
  /** How many invocations may run at once. Further ones are throttled (429), as on Lambda. */
  readonly reservedConcurrency?: number | undefined;
}

export interface Functions {
  /** Defines a function, or changes it: later events run its present code. */
  define(spec: FunctionSpec): void;
  /** Invokes a function by name or ARN. It rejects only with an `InvokeError`. */
  invoke(nameOrArn: string, event: unknown): Promise<Invocation>;
  /**
   * Queues an event, as S3, EventBridge and `InvocationType: Event` do. The function's configuration decides on retries and the
   * on-failure destination. It rejects only if there is no such function.
   */
  invokeAsync(nameOrArn: string, event: unknown): Promise<void>;
  /**
   * Returns what ends the environment that has opened the connection with this local port, if a fault says that it dies after its first
   * write.
   */
  doomed(port: number): (() => void) | undefined;
}

/** An event could not be given to a function. `code` is the error code of the Lambda API. */
export class InvokeError extends Error {
  readonly code: 'ResourceNotFoundException' | 'TooManyRequestsException' | 'RequestTooLargeException';

  constructor(code: InvokeError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** The running stack, as its parts see it. */
export interface World {
  readonly account: string;
  readonly region: string;
  /** The only access key that the local services accept. Functions and the stack itself sign with it. It is new at each start. */
  readonly credentials: Credentials;
  /** The origins of the app's pages (`http://localhost:3000`), which may call its APIs. Pages of all others may not. */
  readonly pages: Set<string>;
  /** The values that were given for the parameters of templates, by `Name` or `Stack:Name`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The folder of the cloud assembly (`cdk.out`). */
  readonly assemblyDir: string;
  /** The folder for all data that survives a restart. */
  readonly dataDir: string;
  readonly log: Log;
  readonly functions: Functions;
  /** The faults that are injected on purpose. None at the start. */
  readonly faults: FaultTable;
  /** The figures of CloudWatch, which all parts add to. */
  readonly figures: Figures;
  /** The local addresses of the stages of APIs, by where the template has them. */
  readonly stages: Record<string, string>;
  /** Each WebSocket API adds its sockets. */
  readonly sockets: OpenSockets[];
  /** How many writes DynamoDB has answered. It is unknown if the stack uses a DynamoDB from outside. */
  readonly writes: { count: number | undefined };
  /** Limits of WebSocket APIs that replace those of AWS (10 idle minutes, 2 hours). Tests make them shorter. */
  readonly webSocket?: WebSocketLimits;
  /** Returns the base URL of a local service, which is started at the first call. */
  endpoint(service: ServiceName): Promise<string>;
  /** Returns the path of a file asset by the S3 object key that the template names. */
  asset(objectKey: string): string;
  /**
   * Registers the local address of an AWS address that templates contain (`https://abc.execute-api.us-east-1.amazonaws.com`). It is
   * replaced in function environments, deployed files and outputs.
   */
  serveAt(awsUrl: string, localUrl: string): void;
  /** Returns the local address of a host of AWS that `serveAt` has registered. */
  addressOf(host: string): string | undefined;
  /** Returns `text` with every address replaced that `serveAt` has registered. */
  localize(text: string): string;
  /** Registers what runs when files below the folders of a resource's assets have changed, if the stack watches them. */
  whenChanged(resource: Resource, folders: readonly string[], react: () => Promise<void>): void;
  /**
   * Registers what reads queues and streams and looks after things, which runs once all resources exist, or earlier: what a custom
   * resource waits for may be done by a function that reads a queue.
   */
  whenReading(start: () => Promise<void>): void;
  /** Starts what was registered for it, now and from now on. */
  startReading(): Promise<void>;
  /** Registers what runs once all resources exist, before the stack reports that it is ready. */
  whenReady(start: () => Promise<void>): void;
  /** Registers what keeps a state, at the end of the start of a stack that can be reset, and returns what brings it back. */
  whenKeeping(keep: () => () => void): void;
  /** Registers what runs when the stack stops, in reverse order of registration. */
  whenStopping(stop: () => Promise<void>): void;
}

/** The open sockets of a WebSocket API, for those who look at the stack. */
export interface OpenSockets {
  readonly apiId: string;
  readonly connections: Iterable<{ readonly id: string; readonly connectedAt: number; readonly lastActiveAt: number }>;
  /** Sends a text as `@connections` does. Nothing happens where the socket has closed. */
  post(connectionId: string, text: string): void;
  close(connectionId: string): void;
  /** Closes all, and waits for their `$disconnect` functions. */
  closeAll(): Promise<void>;
}

/** The properties of a CloudFormation resource, with intrinsic functions resolved. */
export type Properties = Readonly<Record<string, unknown>>;

/** An API Gateway v2 API, HTTP or WebSocket. Its parts are added in dependency order. */
export interface GatewayApi {
  readonly id: string;
  addRoute(id: string, properties: Properties): void;
  removeRoute(id: string): void;
  addIntegration(id: string, properties: Properties): void;
  addAuthorizer(id: string, properties: Properties): void;
  addIntegrationResponse(properties: Properties): void;
  addRouteResponse(properties: Properties): void;
  removeRouteResponse(properties: Properties): void;
  addStage(name: string, properties: Properties): void;
  close(): Promise<void>;
}

/** Listens on a loopback port, and registers the execute-api addresses (`https:`, and `wss:` for WebSocket APIs) with `world.serveAt`. */
export type CreateApi = (id: string, properties: Properties, world: World) => Promise<GatewayApi>;

/** Times in milliseconds. */
export interface WebSocketLimits {
  readonly idleMs?: number;
  readonly maxLifeMs?: number;
  /** How many `@connections` calls are allowed per second. Further calls answer 429. Unlimited by default. */
  readonly managementCallsPerSecond?: number;
}

export interface Log {
  /** Shows a line to the person who started the stack. */
  info(line: string): void;
  /** Shows a line with `--verbose` only, or with `--logs` if it is of this function. */
  debug(line: string, functionName?: string): void;
  warn(line: string): void;
}

/** An error that the developer can correct. Its message is shown without a stack trace, and the exit code is 1. */
export class StackError extends Error {}

/** What has changed can't take effect while the stack runs. The message says what it is. */
export class NeedsRestart extends StackError {}
