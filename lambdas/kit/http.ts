import { isUtf8 } from 'node:buffer';
import { STATUS_CODES } from 'node:http';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import { verifyAccessToken } from '#adapters/tokens/verify.ts';
import { bearerToken, type Caller } from '#core/accounts/caller.ts';
import { type Failure, fail, type Result, statusOf } from '#protocol/failures.ts';
import type { operations } from '#protocol/operations.ts';
import { isOwnAccount } from '#protocol/own-account.ts';
import type { Route } from '#protocol/routes.ts';
import { type Size, sizeOf } from '#protocol/size.ts';
import { answerErrors } from './failures.ts';
import { edgeHeader, passedFirewall } from './firewall.ts';
import { invalid } from './invalid.ts';
import { count, invocation, note } from './invocation.ts';
import { base64Units, readJson, textUnits } from './json.ts';
import { isLiveLogin } from './live-login.ts';
import { requireOpen } from './maintenance.ts';
import { limitedInMemory } from './rates.ts';
import { securityHeaders } from './security-headers.ts';
import { logSecurity } from './security-log.ts';

/** A successful answer. The status is 200 by default, or 204 without a body. */
export interface Answer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[];
}

type Schema = z.ZodMiniType;
const nothing = z.strictObject({});

interface Schemas<Params extends Schema, Query extends Schema, Body extends Schema> {
  /** The schema of the path parameters. If they don't match it, the answer is `not_found`. */
  readonly params?: Params;
  readonly query?: Query;
  /** The schema of the body. It also decides how large a body is parsed at all. */
  readonly body?: Body;
}

interface OfAnyone<Params extends Schema, Query extends Schema, Body extends Schema>
  extends Schemas<Params, Query, Body> {
  /** Refuses a request before anything of it is read. `everyone` is for answers that cost next to nothing. */
  readonly allow: ((event: APIGatewayProxyEventV2) => Promise<Result<void>>) | 'everyone';
}

interface OfCaller<Params extends Schema, Query extends Schema, Body extends Schema>
  extends Schemas<Params, Query, Body> {
  /** How many tokens of the caller's bucket `requests` a call takes; 1 unless given (`lib/rates.ts`). */
  readonly cost?: number;
}

interface Request<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly event: APIGatewayProxyEventV2;
}

type Access = 'open' | 'authenticated';

/** The handler of one endpoint. Its type has who may call it, and the schemas of its query and body. */
interface Endpoint<Who extends Access, Query extends Schema, Body extends Schema> {
  (event: APIGatewayProxyEventV2): Promise<Result<Answer>>;
  /** This property never exists. Only the compiler uses its type, to compare it with the contract. */
  readonly contract?: (its: [Who, Query, Body]) => [Who, Query, Body];
}

type Operations = typeof operations;

/** The type of the endpoint that the contract describes for a route. */
type EndpointOf<Of extends Route> = Endpoint<
  Operations[Of] extends { readonly open: true } ? 'open' : 'authenticated',
  Operations[Of] extends { readonly query: infer Query extends Schema } ? Query : typeof nothing,
  Operations[Of] extends { readonly body: infer Body extends Schema } ? Body : typeof nothing
>;

/** Takes what a request costs from its caller's bucket. */
const takeRequest = limitedInMemory('requests');

/** Returns a function that reads what an endpoint gets from an event. */
function reader<Params extends Schema, Query extends Schema, Body extends Schema>(
  schemas: Schemas<Params, Query, Body>,
) {
  const bodySize = sizeOf(schemas.body ?? nothing);
  return (event: APIGatewayProxyEventV2): Result<Request<z.output<Params>, z.output<Query>, z.output<Body>>> => {
    const params = (schemas.params ?? nothing).safeParse(event.pathParameters ?? {});
    if (!params.success) return fail('not_found');
    const query = (schemas.query ?? nothing).safeParse(event.queryStringParameters ?? {});
    if (!query.success) return invalid(query.error);
    const json = readBody(event, bodySize);
    if ('error' in json) return json;
    const body = (schemas.body ?? nothing).safeParse(json.ok);
    if (!body.success) return invalid(body.error);
    const request = { params: params.data, query: query.data, body: body.data, event };
    // The compiler doesn't know that the type parameter of a schema that isn't given is that of `nothing`.
    return { ok: request as Request<z.output<Params>, z.output<Query>, z.output<Body>> };
  };
}

/** An endpoint that anyone may call. */
export function open<
  Params extends Schema = typeof nothing,
  Query extends Schema = typeof nothing,
  Body extends Schema = typeof nothing,
>(
  schemas: OfAnyone<Params, Query, Body>,
  run: (request: Request<z.output<Params>, z.output<Query>, z.output<Body>>) => Promise<Result<Answer>>,
): Endpoint<'open', Query, Body> {
  const read = reader(schemas);
  return async (event) => {
    const allowed = schemas.allow === 'everyone' ? { ok: undefined } : await schemas.allow(event);
    if ('error' in allowed) return allowed;
    const request = read(event);
    return 'error' in request ? request : run(request.ok);
  };
}

/**
 * An endpoint that requires a valid access token of a login that lasts. The token, the caller's rate of requests and the login are
 * checked in this order, before the input. Errors: `unauthorized`, `rate_limited`.
 */
export function authenticated<
  Params extends Schema = typeof nothing,
  Query extends Schema = typeof nothing,
  Body extends Schema = typeof nothing,
>(
  schemas: OfCaller<Params, Query, Body>,
  run: (caller: Caller, request: Request<z.output<Params>, z.output<Query>, z.output<Body>>) => Promise<Result<Answer>>,
): Endpoint<'authenticated', Query, Body> {
  const { cost = 1 } = schemas;
  const read = reader(schemas);
  return async (event) => {
    const token = bearerToken(event.headers['authorization']);
    if (token === undefined) return fail('unauthorized');
    const caller = await verifyAccessToken(token);
    if ('error' in caller) return caller;
    if (caller.ok.unverified && !isOwnAccount(event.routeKey))
      return fail('forbidden', 'Verify your e-mail address first.');
    note({ userId: caller.ok.userId });
    const allowed = takeRequest(caller.ok.userId, cost);
    if ('error' in allowed) return allowed;
    if (!(await isLiveLogin(caller.ok))) return fail('unauthorized');
    const request = read(event);
    const result = 'error' in request ? request : await run(caller.ok, request.ok);
    if ('error' in result && result.error.code === 'forbidden') {
      const { userId, familyId } = caller.ok;
      logSecurity({ name: 'forbidden', userId, familyId, operation: event.routeKey });
    }
    return result;
  };
}

/**
 * The handler of a function that serves some routes of the HTTP API. The code only compiles if the contract has each route, with
 * the same schemas and the same access. A failure, also one that is thrown, is answered as a problem document. `HEAD` is answered as
 * `GET` without the body. `fallback` answers what is no route, unless it returns undefined.
 */
export function httpHandler<Served extends Route>(
  served: { readonly [Of in Served]: EndpointOf<Of> },
  fallback: (event: APIGatewayProxyEventV2) => Answer | undefined = () => undefined,
) {
  const endpoints: Readonly<Record<string, (event: APIGatewayProxyEventV2) => Promise<Result<Answer>>>> = served;
  return invocation<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>(
    (event) => event.requestContext.requestId,
  )
    .use(answerErrors(problem))
    .handler(async (event) => {
      if (!passedFirewall(event.headers[edgeHeader])) return problem(fail('forbidden').error);
      note({ action: event.routeKey });
      const isHead = event.routeKey.startsWith('HEAD ');
      const routeKey = isHead ? `GET ${event.routeKey.slice('HEAD '.length)}` : event.routeKey;
      const shut = isAlwaysOpen(routeKey) ? { ok: undefined } : requireOpen();
      const result = 'error' in shut ? shut : await answerTo({ ...event, routeKey });
      if ('error' in result && result.error.code === 'rate_limited') count('RateLimited');
      const { body, ...head } = 'error' in result ? problem(result.error) : answer(result.ok);
      return isHead || body === undefined ? head : { ...head, body };
    });

  async function answerTo(event: APIGatewayProxyEventV2): Promise<Result<Answer>> {
    const endpoint = endpoints[event.routeKey];
    if (endpoint) return endpoint(event);
    const other = fallback(event);
    return other ? { ok: other } : fail('not_found');
  }
}

/** Whether a route is served during maintenance: those that monitors and verifiers of tokens call. */
function isAlwaysOpen(routeKey: string): boolean {
  return routeKey === 'GET /health' || routeKey === 'GET /.well-known/jwks.json';
}

/**
 * Reads the JSON of a body. Errors: `unsupported_encoding`, `too_large`, `bad_request`. The gateway decompresses nothing, and gives a
 * body as text or in base64, as its type says. A text that it made of bytes that aren't UTF-8 has the replacement character, and
 * mostly another length than the client has sent.
 */
function readBody({ body, isBase64Encoded, headers }: APIGatewayProxyEventV2, size: Size): Result<unknown> {
  if (!body) return { ok: {} };
  if (!/^(identity)?$/i.test(headers['content-encoding'] ?? '')) return fail('unsupported_encoding');
  if (!isBase64Encoded) {
    if (body.length > textUnits(size)) return fail('too_large');
    const sent = Number(headers['content-length'] ?? Number.NaN);
    const changed = body.includes('\uFFFD') && sent >= 0 && sent !== Buffer.byteLength(body);
    return changed ? notUtf8() : readJson(body, size);
  }
  if (body.length > base64Units(size)) return fail('too_large');
  const bytes = Buffer.from(body, 'base64');
  return isUtf8(bytes) ? readJson(bytes.toString(), size) : notUtf8();
}

const notUtf8 = () => fail('bad_request', 'The body is not UTF-8.');

function answer({ status, body, headers, cookies }: Answer): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: status ?? (body === undefined ? 204 : 200),
    headers: {
      ...securityHeaders,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(cookies && { cookies: [...cookies] }),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
}

/** A failure as a problem document (RFC 9457). With the type `about:blank` the title is that of the status. */
function problem({ code, message, temporary, retryAfterMs }: Failure): APIGatewayProxyStructuredResultV2 {
  const status = statusOf(code);
  return {
    statusCode: status,
    headers: {
      ...securityHeaders,
      'content-type': 'application/problem+json',
      ...(status === 401 && { 'www-authenticate': 'Bearer' }),
      // What a client may send instead (RFC 9110, section 15.5.16).
      ...(status === 415 && { 'accept-encoding': 'identity' }),
      ...(retryAfterMs !== undefined && { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }),
    },
    body: JSON.stringify({
      type: 'about:blank',
      title: STATUS_CODES[status],
      status,
      detail: message,
      code,
      temporary,
      retryAfterMs,
    }),
  };
}
