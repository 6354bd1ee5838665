import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { type ClientOptions, WebSocket } from 'ws';
import { createFaults } from '../../local/faults.ts';
import type { GatewayApi, Invocation, Properties, WebSocketLimits, World } from '../../local/types.ts';
import { createWebSocketApi } from '../../local/websocket-api/index.ts';

const REGION = 'us-east-1';
const ACCOUNT = '000000000000';
const API_ID = 'a1b2c3d4e5';
const STAGE = 'v1';

/** What a test reads of the events; the whole shape is checked where it is the subject. */
export interface ReceivedEvent extends Record<string, unknown> {
  readonly body?: string;
  readonly requestContext: Record<string, unknown> & { readonly connectionId: string };
}

export type Handler = (event: ReceivedEvent) => unknown;

export interface RouteSpec {
  /** Name of the handler behind the route, */
  readonly handler?: string;
  /** or the properties of a MOCK integration and of its responses. */
  readonly mock?: { readonly integration: Properties; readonly responses: readonly Properties[] };
  readonly returnsResponse?: boolean;
  readonly integration?: Properties;
}

export interface GatewaySpec {
  readonly handlers?: Readonly<Record<string, Handler>>;
  readonly routes: Readonly<Record<string, RouteSpec>>;
  /** Name of the handler that authorizes $connect. */
  readonly authorizer?: string;
  readonly identitySource?: readonly string[];
  readonly stage?: Properties;
  readonly selection?: string;
  readonly limits?: WebSocketLimits;
}

export type TestGateway = Awaited<ReturnType<typeof startGateway>>;

/** A WebSocket API whose functions are handlers of this process; it ends with `await using`. */
export async function startGateway(spec: GatewaySpec) {
  const dataDir = await mkdtemp(join(tmpdir(), 'gateway-'));
  const events = new Map<string, ReceivedEvent[]>();
  const warnings: string[] = [];
  const addresses = new Map<string, string>();
  const world = testWorld(spec, dataDir, events, warnings, addresses);
  const api = await createWebSocketApi(API_ID, apiProperties(spec.selection), world);
  define(api, spec);
  const url = addresses.get(`wss://${API_ID}.execute-api.${REGION}.amazonaws.com`) ?? '';
  const httpUrl = addresses.get(`https://${API_ID}.execute-api.${REGION}.amazonaws.com`) ?? '';
  const sockets: TestSocket[] = [];

  return {
    api,
    world,
    dataDir,
    warnings,
    url: `${url}/${STAGE}`,
    httpUrl: `${httpUrl}/${STAGE}`,
    origin: httpUrl,
    management: new ApiGatewayManagementApiClient({
      endpoint: `${httpUrl}/${STAGE}`,
      region: REGION,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
    }),
    /** The events that a handler got so far. */
    eventsOf: (handler: string) => events.get(handler) ?? [],
    /** Opens a socket; throws when the upgrade is refused. */
    async connect(path = '', protocols: string[] = [], options: ClientOptions = {}): Promise<TestSocket> {
      const socket = new TestSocket(`${url}/${STAGE}${path}`, protocols, options);
      sockets.push(socket);
      await once(socket.webSocket, 'open');
      return socket;
    },
    /** Asks for an upgrade and gives the answer when it is a refusal. */
    refusal: (path = `/${STAGE}`, headers: OutgoingHttpHeaders = {}) => askUpgrade(`${httpUrl}${path}`, headers),
    /** Cuts the clients' sockets, also of those that are not yet let in. */
    dropClients() {
      for (const { webSocket } of sockets) webSocket.terminate();
    },
    async [Symbol.asyncDispose]() {
      this.dropClients();
      await api.close();
      await rm(dataDir, { recursive: true });
    },
  };
}

export const apiProperties = (selection = '$request.body.action'): Properties => ({
  Name: 'test',
  ProtocolType: 'WEBSOCKET',
  RouteSelectionExpression: selection,
});

export const functionUri = (name: string) =>
  `arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions/arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}/invocations`;

/** An answer of an authorizer that lets everybody in. */
export const allow = (context?: unknown, resource = '*') => ({
  principalId: 'somebody',
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: resource }],
  },
  ...(context !== undefined && { context }),
});

function define(api: GatewayApi, spec: GatewaySpec): void {
  const ApiId = API_ID;
  if (spec.authorizer) {
    const AuthorizerUri = functionUri(spec.authorizer);
    const IdentitySource = spec.identitySource ?? [];
    api.addAuthorizer('authorizer', {
      ApiId,
      Name: 'authorizer',
      AuthorizerType: 'REQUEST',
      AuthorizerUri,
      IdentitySource,
    });
  }
  for (const [RouteKey, route] of Object.entries(spec.routes)) {
    const IntegrationId = `integration-${RouteKey}`;
    api.addIntegration(IntegrationId, {
      ApiId,
      ...(route.mock
        ? { IntegrationType: 'MOCK', ...route.mock.integration }
        : { IntegrationType: 'AWS_PROXY', IntegrationUri: functionUri(route.handler ?? ''), ...route.integration }),
    });
    for (const response of route.mock?.responses ?? [])
      api.addIntegrationResponse({ ApiId, IntegrationId, ...response });
    const isAuthorized = RouteKey === '$connect' && spec.authorizer;
    api.addRoute(`route-${RouteKey}`, {
      ApiId,
      RouteKey,
      Target: `integrations/${IntegrationId}`,
      AuthorizationType: isAuthorized ? 'CUSTOM' : 'NONE',
      ...(isAuthorized && { AuthorizerId: 'authorizer' }),
      ...(route.returnsResponse && { RouteResponseSelectionExpression: '$default' }),
    });
    if (route.returnsResponse)
      api.addRouteResponse({ ApiId, RouteId: `route-${RouteKey}`, RouteResponseKey: '$default' });
  }
  api.addStage(STAGE, { ApiId, StageName: STAGE, AutoDeploy: true, ...spec.stage });
}

function testWorld(
  spec: GatewaySpec,
  dataDir: string,
  events: Map<string, ReceivedEvent[]>,
  warnings: string[],
  addresses: Map<string, string>,
): World {
  const unused = () => {
    throw new Error('The WebSocket gateway needs no such thing');
  };
  return {
    account: ACCOUNT,
    region: REGION,
    assemblyDir: dataDir,
    dataDir,
    log: { info: () => undefined, debug: () => undefined, warn: (line) => warnings.push(line) },
    faults: createFaults(),
    ...(spec.limits && { webSocket: spec.limits }),
    functions: {
      define: unused,
      invokeAsync: unused,
      async invoke(arn, event) {
        const name = arn.split(':').at(-1) ?? '';
        const handler = spec.handlers?.[name];
        if (!handler) throw new Error(`No function ${name}`);
        const received = structuredClone(event) as ReceivedEvent;
        events.set(name, [...(events.get(name) ?? []), received]);
        return invocationOf(handler, received);
      },
    },
    endpoint: unused,
    asset: unused,
    serveAt: (awsUrl, localUrl) => addresses.set(awsUrl, localUrl),
    localize: unused,
    whenReady: unused,
    whenStopping: unused,
  };
}

async function invocationOf(handler: Handler, event: ReceivedEvent): Promise<Invocation> {
  const requestId = 'test';
  try {
    return { requestId, payload: await handler(event), durationMs: 0 };
  } catch (error) {
    const errorMessage = error instanceof Error ? error.message : String(error);
    return { requestId, payload: { errorType: 'Error', errorMessage }, functionError: 'Unhandled', durationMs: 0 };
  }
}

/** A client: what comes in waits in a queue. */
export class TestSocket {
  readonly webSocket: WebSocket;
  readonly closed: Promise<{ code: number; reason: string }>;
  /** Headers of the 101. */
  upgradeHeaders: IncomingHttpHeaders = {};
  /** The TCP socket underneath, once open. */
  rawSocket = new Socket();
  readonly #messages: string[] = [];
  #wake: () => void = () => undefined;

  constructor(url: string, protocols: string[], options: ClientOptions) {
    this.webSocket = new WebSocket(url, protocols, options);
    this.webSocket.on('upgrade', ({ headers, socket }) => {
      this.upgradeHeaders = headers;
      this.rawSocket = socket;
    });
    this.webSocket.on('error', () => undefined); // Who waits for an event gets the error.
    this.webSocket.on('message', (data) => {
      this.#messages.push(data.toString());
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      this.webSocket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  send(message: unknown): void {
    this.webSocket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The next message, in the order of arrival. */
  async next(): Promise<string> {
    while (this.#messages.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#messages.shift() ?? '';
  }

  async nextJson(): Promise<unknown> {
    return JSON.parse(await this.next());
  }
}

async function askUpgrade(url: string, headers: OutgoingHttpHeaders) {
  const upgrade = request(url, {
    headers: {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      ...headers,
    },
  }).end();
  upgrade.on('upgrade', (_, socket) => {
    socket.destroy();
    upgrade.destroy(new Error('The upgrade was accepted'));
  });
  const [response] = await once(upgrade, 'response');
  response.setEncoding('utf8');
  let body = '';
  for await (const chunk of response) body += chunk;
  const isJson = response.headers['content-type'] === 'application/json';
  return { status: Number(response.statusCode), body: isJson ? JSON.parse(body) : body };
}
