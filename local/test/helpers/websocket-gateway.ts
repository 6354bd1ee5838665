import { once } from 'node:events';
import type { OutgoingHttpHeaders } from 'node:http';
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import type { ClientOptions } from 'ws';
import type { GatewayApi, Properties, WebSocketLimits } from '../../types.ts';
import { createWebSocketApi } from '../../websocket-api/index.ts';
import { askUpgrade, TestSocket } from './websocket-client.ts';
import { testWorld } from './world.ts';

export type { TestSocket };

const REGION = 'us-east-1';
const ACCOUNT = '000000000000';
const API_ID = 'a1b2c3d4e5';
const STAGE = 'v1';

/** The parts of an event that most tests read. The test of the events checks their whole shape. */
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

/** Starts a WebSocket API whose functions are handlers in this process. It stops at the end of `await using`. */
export async function startGateway(spec: GatewaySpec) {
  const events = new Map<string, ReceivedEvent[]>();
  const running = new Set<unknown>();
  const functions = Object.entries(spec.handlers ?? {}).map(([name, handle]) => {
    const recorded = async (event: unknown) => {
      const received = structuredClone(event) as ReceivedEvent;
      events.set(name, [...(events.get(name) ?? []), received]);
      const answer = handle(received);
      running.add(answer);
      try {
        return await answer;
      } finally {
        running.delete(answer);
      }
    };
    return [name, recorded] as const;
  });
  const empty = testWorld({ functions: Object.fromEntries(functions) });
  const world = { ...empty, ...(spec.limits && { webSocket: spec.limits }) };
  const api = await createWebSocketApi(API_ID, apiProperties(spec.selection), world);
  define(api, spec);
  const url = world.localize(`wss://${API_ID}.execute-api.${REGION}.amazonaws.com`);
  const httpUrl = world.localize(`https://${API_ID}.execute-api.${REGION}.amazonaws.com`);
  const sockets: TestSocket[] = [];

  return {
    api,
    world,
    httpUrl: `${httpUrl}/${STAGE}`,
    origin: httpUrl,
    management: new ApiGatewayManagementApiClient({
      endpoint: `${httpUrl}/${STAGE}`,
      region: REGION,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
    }),
    /** Returns the events that a handler has got so far. */
    eventsOf: (handler: string) => events.get(handler) ?? [],
    /** Opens a socket. Throws if the upgrade is refused. */
    async connect(path = '', protocols: string[] = [], options: ClientOptions = {}): Promise<TestSocket> {
      const socket = new TestSocket(`${url}/${STAGE}${path}`, protocols, options);
      sockets.push(socket);
      await once(socket.webSocket, 'open');
      return socket;
    },
    /** Requests an upgrade that must be refused, and returns the answer. */
    refusal: (path = `/${STAGE}`, headers: OutgoingHttpHeaders = {}) => askUpgrade(`${httpUrl}${path}`, headers),
    /** Drops the sockets of all clients, including those whose upgrade is not complete. */
    dropClients() {
      for (const { webSocket } of sockets) webSocket.terminate();
    },
    /** Ends all sockets, waits for what the handlers do, and forgets it. */
    async clear() {
      this.dropClients();
      sockets.length = 0;
      for (const { closeAll } of world.sockets) await closeAll();
      await Promise.allSettled(running);
      events.clear();
      world.faults.clear();
    },
    async [Symbol.asyncDispose]() {
      this.dropClients();
      await api.close();
      await world[Symbol.asyncDispose]();
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

/** Returns the answer of an authorizer that admits every client. */
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
