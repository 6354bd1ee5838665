import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { type GatewayFigure, gatewayFigures } from '../cloudwatch/api-gateway.ts';
import { parseProperties } from '../parse.ts';
import { TokenBucket } from '../token-bucket.ts';
import { type GatewayApi, InvokeError, type Properties, StackError, type World } from '../types.ts';
import { type Authorized, type Authorizer, createAuthorizer } from './authorizer.ts';
import { allowedBy, preflight, withCors } from './cors.ts';
import { proxyEvent } from './event.ts';
import { toFormat1 } from './format-1.ts';
import { ApiProperties, type Cors, IntegrationProperties, RouteProperties, StageProperties } from './properties.ts';
import * as replies from './result.ts';
import { findRoute, parseRouteKey, type Route } from './router.ts';

/** The largest request body, in bytes. Source: AWS, "Quotas for configuring and running an HTTP API in API Gateway". */
const BODY_LIMIT = 10 * 1024 * 1024;
/** The largest request line and header values together, in bytes. Source: the same page. */
const HEAD_LIMIT = 10_240;

interface Integration {
  readonly functionArn: string;
  readonly isFormat1: boolean;
  readonly timeoutMs: number;
}

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

/** An HTTP API with Lambda integrations. */
export class HttpApi implements GatewayApi {
  readonly id: string;
  readonly #domainName: string;
  readonly #world: World;
  readonly #server: Server;
  readonly #put: GatewayFigure;
  readonly #cors: Cors | undefined;
  readonly #routes: ApiRoute[] = [];
  readonly #integrations = new Map<string, Integration>();
  readonly #authorizers = new Map<string, Authorizer>();
  readonly #stages = new Map<string, Stage>();

  constructor(id: string, domainName: string, properties: Properties, world: World, server: Server) {
    this.id = id;
    this.#domainName = domainName;
    this.#world = world;
    this.#server = server;
    this.#put = gatewayFigures(world.figures, id);
    this.#cors = parseProperties(ApiProperties, properties).CorsConfiguration;
  }

  /** Whether the API's CORS configuration lets pages of an origin call it. */
  allowsOrigin(origin: string): boolean {
    return this.#cors !== undefined && allowedBy(this.#cors, origin) !== undefined;
  }

  /** The origins that the CORS configuration names one by one: where the app's pages are when they aren't here. */
  get originsByName(): string[] {
    return (this.#cors?.AllowOrigins ?? []).filter((origin) => !origin.includes('*'));
  }

  addRoute(_id: string, properties: Properties): void {
    const { RouteKey, Target, AuthorizationType, AuthorizerId, AuthorizationScopes } = parseProperties(
      RouteProperties,
      properties,
    );
    if (AuthorizationType !== 'NONE' && !this.#authorizers.has(AuthorizerId ?? ''))
      throw new StackError(`The route ${RouteKey} names no authorizer of this API.`);
    this.#routes.push({
      ...parseRouteKey(RouteKey),
      integrationId: Target.replace('integrations/', ''),
      authorizerId: AuthorizationType === 'NONE' ? undefined : AuthorizerId,
      scopes: AuthorizationScopes,
    });
  }

  addIntegration(id: string, properties: Properties): void {
    const { IntegrationUri, PayloadFormatVersion, TimeoutInMillis } = parseProperties(
      IntegrationProperties,
      properties,
    );
    // The URI is either the function's ARN or …:path/2015-03-31/functions/ARN/invocations.
    const functionArn = /arn:[^/]+:lambda:[^/]+:function:[^/]+/.exec(IntegrationUri)?.[0] ?? '';
    this.#integrations.set(id, { functionArn, isFormat1: PayloadFormatVersion === '1.0', timeoutMs: TimeoutInMillis });
  }

  addStage(name: string, properties: Properties): void {
    const { DefaultRouteSettings, RouteSettings, StageVariables } = parseProperties(StageProperties, properties);
    const bucketOf = (settings: typeof DefaultRouteSettings) =>
      settings?.ThrottlingRateLimit === undefined
        ? undefined
        : new TokenBucket(settings.ThrottlingRateLimit, settings.ThrottlingBurstLimit ?? settings.ThrottlingRateLimit);
    const general = bucketOf(DefaultRouteSettings);
    const special = new Map(Object.entries(RouteSettings).map(([key, settings]) => [key, bucketOf(settings)]));
    this.#stages.set(name, { name, variables: StageVariables, bucket: (key) => special.get(key) ?? general });
  }

  addAuthorizer(id: string, properties: Properties): void {
    this.#authorizers.set(id, createAuthorizer(properties, this.#world));
  }

  addIntegrationResponse(): void {
    throw new StackError('Only WebSocket APIs have integration responses.');
  }

  addRouteResponse(): void {
    throw new StackError('Only WebSocket APIs have route responses.');
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = performance.now();
    const reply = await this.#reply(request).catch((error) => {
      if (!request.destroyed) this.#world.log.warn(`HTTP API ${this.id}: ${error}`);
      return replies.internalServerError;
    });
    const { status, headers, body } =
      this.#cors && request.method !== 'OPTIONS' ? withCors(this.#cors, request, reply) : reply;
    this.#count(request, status, performance.now() - startedAt);
    if (response.destroyed) return;
    const bodiless = status === 204 || status === 304;
    // A function that answers HEAD without a body doesn't say how long it would be, and 0 would be wrong (RFC 9110, section 8.6).
    const counted = !bodiless && (request.method !== 'HEAD' || body.length > 0);
    response.writeHead(status, { ...headers, ...(counted && { 'content-length': body.length }) });
    response.end(bodiless || request.method === 'HEAD' ? undefined : body);
  }

  /** Of a request that failed the figure is 1, and of all others 0, so that averages are rates. */
  #count(request: IncomingMessage, status: number, ms: number): void {
    const stage = this.#stageOf(request.url ?? '/').stage?.name ?? '$default';
    this.#put(stage, 'Count');
    this.#put(stage, '4xx', status >= 400 && status < 500 ? 1 : 0);
    this.#put(stage, '5xx', status >= 500 ? 1 : 0);
    this.#put(stage, 'Latency', ms);
  }

  async #reply(request: IncomingMessage): Promise<replies.Reply> {
    const answered = this.#cors && preflight(this.#cors, request);
    if (answered) return answered;
    if (headSize(request) > HEAD_LIMIT) return replies.headTooLarge;
    const [rawPath = '/', query = ''] = splitOnce(request.url ?? '/', '?');
    const path = decodePath(rawPath);
    const { stage, rest } = this.#stageOf(path);
    const match = stage && findRoute(this.#routes, request.method ?? 'GET', rest);
    const integration = match && this.#integrations.get(match.route.integrationId);
    if (!stage || !match || !integration) return replies.notFound;
    const { routeKey } = match.route;
    if (stage.bucket(routeKey)?.take() === false) return replies.tooManyRequests;
    const body = await readBody(request);
    if (!body) return replies.tooLarge;
    const event = proxyEvent({
      request,
      body,
      path,
      query,
      routeKey,
      pathParameters: match.pathParameters,
      stage: stage.name,
      stageVariables: stage.variables,
      apiId: this.id,
      accountId: this.#world.account,
      domainName: this.#domainName,
    });
    const authorizer = this.#authorizers.get(match.route.authorizerId ?? '');
    const authorized = await authorizer?.(event, match.route.scopes);
    if (authorized && 'status' in authorized) return authorized;
    return this.#invoke(
      integration,
      integration.isFormat1 ? withFormat1(event, authorized) : withFormat2(event, authorized),
    );
  }

  async #invoke({ functionArn, isFormat1, timeoutMs }: Integration, event: object): Promise<replies.Reply> {
    const toReply = isFormat1 ? replies.toReply1 : replies.toReply;
    const timeout = new AbortController();
    const invocation = this.#world.functions.invoke(functionArn, event).then(
      ({ functionError, payload }) => (functionError ? replies.internalServerError : toReply(payload)),
      (error) =>
        error instanceof InvokeError && error.code === 'RequestTooLargeException'
          ? replies.tooLarge
          : replies.serviceUnavailable,
    );
    const timedOut = sleep(timeoutMs, replies.serviceUnavailable, { signal: timeout.signal });
    timedOut.catch(() => {});
    const reply = await Promise.race([invocation, timedOut]);
    timeout.abort();
    return reply;
  }

  /** A named stage is the first segment of the path. The stage `$default` has no segment. */
  #stageOf(path: string): { stage: Stage | undefined; rest: string } {
    const [, first = ''] = path.split('/');
    const named = this.#stages.get(first);
    if (named) return { stage: named, rest: path.slice(first.length + 1) || '/' };
    return { stage: this.#stages.get('$default'), rest: path };
  }
}

function withFormat1(event: APIGatewayProxyEventV2, authorized: Authorized | undefined): object {
  const made = toFormat1(event);
  if (!authorized) return made;
  return { ...made, requestContext: { ...made.requestContext, authorizer: authorized.format1 } };
}

function withFormat2(event: APIGatewayProxyEventV2, authorized: Authorized | undefined): object {
  if (!authorized) return event;
  return { ...event, requestContext: { ...event.requestContext, authorizer: authorized.format2 } };
}

function headSize({ method = '', url = '', rawHeaders }: IncomingMessage): number {
  const values = rawHeaders.filter((_, i) => i % 2 === 1);
  return Buffer.byteLength(`${method} ${url} HTTP/1.1${values.join('')}`);
}

function splitOnce(text: string, separator: string): string[] {
  const index = text.indexOf(separator);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
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
