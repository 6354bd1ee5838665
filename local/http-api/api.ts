import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { gatewayFigures } from '../cloudwatch/api-gateway.ts';
import { functionInUri } from '../functions/name.ts';
import { decoded, parseProperties, splitOnce } from '../parse.ts';
import { closeServer } from '../services/loopback.ts';
import { type TokenBucket, tokenBucket } from '../token-bucket.ts';
import { InvokeError, type Properties, StackError, type World } from '../types.ts';
import { withTimeout } from '../websocket-api/with-timeout.ts';
import { type Authorized, type Authorizer, createAuthorizer, iamAuthorizer } from './authorizer.ts';
import { allowedBy, preflight, withCors } from './cors.ts';
import { proxyEvent } from './event.ts';
import { toFormat1 } from './format-1.ts';
import { ApiProperties, IntegrationProperties, RouteProperties, StageProperties } from './properties.ts';
import * as replies from './result.ts';
import { findRoute, parseRouteKey, type Route } from './router.ts';
import { serviceIntegration } from './service-integration.ts';

/** The largest request body, in bytes. Source: AWS, "Quotas for configuring and running an HTTP API in API Gateway". */
const BODY_LIMIT = 10 * 1024 * 1024;
/** The largest request line and header values together, in bytes. Source: the same page. */
const HEAD_LIMIT = 10_240;

type Integration = (event: APIGatewayProxyEventV2, authorized: Authorized | undefined) => Promise<replies.Reply>;

interface ApiRoute extends Route {
  readonly integrationId: string;
  readonly authorizerId: string | undefined;
  readonly scopes: readonly string[];
}

interface Stage {
  readonly name: string;
  readonly variables: Record<string, string> | undefined;
  /** Returns the token bucket that throttles a route. */
  bucket(routeKey: string): TokenBucket | undefined;
}

export type HttpApi = ReturnType<typeof httpApi>;

/** An HTTP API with Lambda integrations. */
export function httpApi(id: string, domainName: string, properties: Properties, world: World, server: Server) {
  const api = { apiId: id, accountId: world.account, domainName };
  const put = gatewayFigures(world.figures, id);
  const cors = parseProperties(ApiProperties, properties).CorsConfiguration;
  const routes = new Map<string, ApiRoute>();
  const integrations = new Map<string, Integration>();
  const authorizers = new Map<string, Authorizer>();
  const stages = new Map<string, Stage>();

  return {
    id,

    /** Whether the API's CORS configuration lets pages of an origin call it. */
    allowsOrigin(origin: string): boolean {
      return cors !== undefined && allowedBy(cors, origin) !== undefined;
    },

    /** The origins that the CORS configuration names one by one: where the app's pages are when they aren't here. */
    get originsByName(): string[] {
      return (cors?.AllowOrigins ?? []).filter((origin) => !origin.includes('*'));
    },

    addRoute(routeId: string, properties: Properties): void {
      const given = parseProperties(RouteProperties, properties);
      const authorizerId = given.AuthorizationType === 'NONE' ? undefined : (given.AuthorizerId ?? '');
      if (authorizerId !== undefined && !authorizers.has(authorizerId))
        throw new StackError(`The route ${given.RouteKey} names no authorizer of this API.`);
      const integrationId = given.Target.replace('integrations/', '');
      const route = { integrationId, authorizerId, scopes: given.AuthorizationScopes };
      routes.set(routeId, { ...parseRouteKey(given.RouteKey), ...route });
    },

    removeRoute(routeId: string): void {
      routes.delete(routeId);
    },

    addIntegration(integrationId: string, properties: Properties): void {
      const given = parseProperties(IntegrationProperties, properties);
      const { IntegrationSubtype, RequestParameters } = given;
      if (IntegrationSubtype)
        return void integrations.set(integrationId, serviceIntegration(IntegrationSubtype, RequestParameters, world));
      if (Object.keys(RequestParameters).length > 0)
        throw new StackError('RequestParameters: a function gets the request as it is here.');
      const functionArn = functionInUri(given.IntegrationUri);
      const isFormat1 = given.PayloadFormatVersion === '1.0';
      integrations.set(integrationId, (event, authorized) =>
        invoke(functionArn, isFormat1, given.TimeoutInMillis, eventFor(isFormat1, event, authorized)),
      );
    },

    addStage(name: string, properties: Properties): void {
      const { DefaultRouteSettings, RouteSettings, StageVariables } = parseProperties(StageProperties, properties);
      const bucketOf = (settings: typeof DefaultRouteSettings) =>
        settings?.ThrottlingRateLimit === undefined
          ? undefined
          : tokenBucket(settings.ThrottlingRateLimit, settings.ThrottlingBurstLimit ?? settings.ThrottlingRateLimit);
      const general = bucketOf(DefaultRouteSettings);
      const special = new Map(Object.entries(RouteSettings).map(([key, settings]) => [key, bucketOf(settings)]));
      stages.set(name, { name, variables: StageVariables, bucket: (key) => special.get(key) ?? general });
    },

    addAuthorizer(authorizerId: string, properties: Properties): void {
      authorizers.set(authorizerId, createAuthorizer(properties, world));
    },

    /** Makes a route of a function's URL ask for signed calls. */
    addIamAuthorizer(authorizerId: string): void {
      authorizers.set(authorizerId, iamAuthorizer(world));
    },

    addIntegrationResponse: onlyWebSocket,
    addRouteResponse: onlyWebSocket,
    removeRouteResponse: onlyWebSocket,

    close: () => closeServer(server),

    async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
      const startedAt = performance.now();
      const reply = await replyTo(request).catch((error) => {
        if (!request.destroyed) world.log.warn(`HTTP API ${id}: ${error}`);
        return replies.internalServerError;
      });
      const { status, headers, body } = cors && request.method !== 'OPTIONS' ? withCors(cors, request, reply) : reply;
      count(request, status, performance.now() - startedAt);
      if (response.destroyed) return;
      const bodiless = status === 204 || status === 304;
      // A function that answers HEAD without a body doesn't say how long it would be, and 0 would be wrong (RFC 9110, section 8.6).
      const counted = !bodiless && (request.method !== 'HEAD' || body.length > 0);
      response.writeHead(status, { ...headers, ...(counted && { 'content-length': body.length }) });
      response.end(bodiless || request.method === 'HEAD' ? undefined : body);
    },
  };

  /** Of a request that failed the figure is 1, and of all others 0, so that averages are rates. */
  function count(request: IncomingMessage, status: number, ms: number): void {
    const stage = stageOf(request.url ?? '/').stage?.name ?? '$default';
    put(stage, 'Count');
    put(stage, '4xx', status >= 400 && status < 500 ? 1 : 0);
    put(stage, '5xx', status >= 500 ? 1 : 0);
    put(stage, 'Latency', ms);
  }

  async function replyTo(request: IncomingMessage): Promise<replies.Reply> {
    const answered = cors && preflight(cors, request);
    if (answered) return answered;
    if (headSize(request) > HEAD_LIMIT) return replies.headTooLarge;
    const [rawPath, query = ''] = splitOnce(request.url ?? '/', '?');
    const path = decoded(rawPath);
    const { stage, rest } = stageOf(path);
    const match = stage && findRoute(routes.values(), request.method ?? 'GET', rest);
    const integration = match && integrations.get(match.route.integrationId);
    if (!stage || !match || !integration) return replies.notFound;
    if (stage.bucket(match.route.routeKey)?.take() === false) return replies.tooManyRequests;
    const body = await readBody(request);
    if (!body) return replies.tooLarge;
    const event = proxyEvent({ request, body, path, query, match, stage, api });
    const authorizer = authorizers.get(match.route.authorizerId ?? '');
    const authorized = await authorizer?.(event, match.route.scopes, { request, body });
    if (authorized && 'status' in authorized) return authorized;
    return integration(event, authorized);
  }

  async function invoke(
    functionArn: string,
    isFormat1: boolean,
    timeoutMs: number,
    event: object,
  ): Promise<replies.Reply> {
    const toReply = isFormat1 ? replies.toReply1 : replies.toReply;
    const invocation = world.functions.invoke(functionArn, event).then(
      ({ functionError, payload }) => (functionError ? replies.internalServerError : toReply(payload)),
      (error) =>
        error instanceof InvokeError && error.code === 'RequestTooLargeException'
          ? replies.tooLarge
          : replies.serviceUnavailable,
    );
    return (await withTimeout(timeoutMs, invocation)) ?? replies.serviceUnavailable;
  }

  /** A named stage is the first segment of the path. The stage `$default` has no segment. */
  function stageOf(path: string): { stage: Stage | undefined; rest: string } {
    const [, first = ''] = path.split('/');
    const named = stages.get(first);
    if (named) return { stage: named, rest: path.slice(first.length + 1) || '/' };
    return { stage: stages.get('$default'), rest: path };
  }
}

const onlyWebSocket = (): never => {
  throw new StackError('Only WebSocket APIs have responses of integrations and routes.');
};

function eventFor(isFormat1: boolean, event: APIGatewayProxyEventV2, authorized: Authorized | undefined): object {
  const made = isFormat1 ? toFormat1(event) : event;
  const authorizer = isFormat1 ? authorized?.format1 : authorized?.format2;
  return { ...made, requestContext: { ...made.requestContext, ...(authorizer && { authorizer }) } };
}

function headSize({ method = '', url = '', rawHeaders }: IncomingMessage): number {
  const values = rawHeaders.filter((_, i) => i % 2 === 1);
  return Buffer.byteLength(`${method} ${url} HTTP/1.1${values.join('')}`);
}

/** Reads the body of a request. Returns undefined if it is larger than `BODY_LIMIT`. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= BODY_LIMIT) chunks.push(chunk);
  }
  return size > BODY_LIMIT ? undefined : Buffer.concat(chunks);
}
