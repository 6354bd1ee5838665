import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpApi } from '../../http-api/index.ts';
import { type GatewayApi, type Properties, StackError } from '../../types.ts';
import { type TestWorld, testWorld } from '../helpers/world.ts';

const HOST = 'abc.execute-api.us-east-1.amazonaws.com';
const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:';

let world: TestWorld;
let api: GatewayApi | undefined;
let base: string;

/** What the function `echo` was last called with, and what `fixed` answers. */
let seen: Record<string, unknown>;
let answer: unknown;

beforeEach(() => {
  seen = {};
  world = testWorld({
    functions: {
      echo: (event) => {
        Object.assign(seen, event);
        return { statusCode: 200, body: 'echoed' };
      },
      fixed: () => answer,
      failing: () => {
        throw new Error('broken');
      },
      slow: () => new Promise(() => {}),
    },
  });
});

afterEach(async () => {
  await api?.close();
  api = undefined;
  await world[Symbol.asyncDispose]();
});

/** An API with `$default` for its stage and the routes given, by the function behind each. */
async function serve(
  routes: Record<string, string>,
  { properties = {}, stage = {}, stageName = '$default', integration = {} } = {},
) {
  api = await createHttpApi('abc', { ProtocolType: 'HTTP', ...properties }, world);
  for (const [routeKey, name] of Object.entries(routes)) {
    api.addIntegration(name, {
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: ARN + name,
      PayloadFormatVersion: '2.0',
      ...integration,
    });
    api.addRoute(routeKey, { RouteKey: routeKey, Target: `integrations/${name}` });
  }
  api.addStage(stageName, stage);
  base = world.localize(`https://${HOST}`);
}

/** A request by node:http, which sends headers and paths as they are. */
async function call(
  method: string,
  path: string,
  headers: Record<string, string | string[]> = {},
  body?: string | Buffer,
) {
  const outgoing = request(base + path, { method, headers });
  outgoing.end(body);
  const [response] = await once(outgoing, 'response');
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

// AWS: "Create routes for HTTP APIs in API Gateway".
describe('a route', () => {
  const ROUTES = [
    'GET /pets',
    'ANY /pets',
    'GET /pets/{id}',
    'GET /pets/dog',
    'ANY /pets/dog/1',
    'GET /pets/{id}/{part}',
    'GET /pets/{rest+}',
    'GET /{a}/{b}/{c}/{d}',
    'ANY /{proxy+}',
    '$default',
  ];

  it.each([
    ['GET', '/pets', 'GET /pets'],
    ['POST', '/pets', 'ANY /pets'],
    ['GET', '/pets/dog', 'GET /pets/dog'],
    ['GET', '/pets/cat', 'GET /pets/{id}'],
    ['DELETE', '/pets/dog/1', 'ANY /pets/dog/1'],
    ['GET', '/pets/dog/2', 'GET /pets/{id}/{part}'],
    ['GET', '/pets/a/b/c', 'GET /{a}/{b}/{c}/{d}'],
    ['GET', '/pets/a/b/c/d', 'GET /pets/{rest+}'],
    ['POST', '/pets/cat', 'ANY /{proxy+}'],
    ['GET', '/elsewhere', 'ANY /{proxy+}'],
  ])('is chosen by how specific it is: %s %s → %s', async (method, path, expected) => {
    for (const routes of [ROUTES, ROUTES.toReversed()]) {
      await serve(Object.fromEntries(routes.map((key) => [key, 'echo'])));
      await call(method, path);
      expect(seen['routeKey']).toBe(expected);
      await api?.close();
    }
  });

  it('is $default when none matches, and without one there is 404', async () => {
    await serve({ 'GET /a': 'echo', $default: 'echo' });
    await call('GET', '/b');
    expect(seen['routeKey']).toBe('$default');
    await api?.close();
    await serve({ 'GET /a': 'echo' });
    expect(await call('POST', '/a')).toMatchObject({ status: 404, body: '{"message":"Not Found"}' });
  });

  it('gives its path variables decoded', async () => {
    await serve({ 'GET /users/{id}/files/{path+}': 'echo' });
    await call('GET', '/users/a%20b/files/x/y%C3%BC');
    expect(seen).toMatchObject({
      pathParameters: { id: 'a b', path: 'x/yü' },
      rawPath: '/users/a b/files/x/yü',
    });
  });
});

// AWS: "Create AWS Lambda proxy integrations for HTTP APIs in API Gateway".
describe('the event', () => {
  it('has the shape of payload format 2.0', async () => {
    await serve({ 'POST /things/{id}': 'echo' }, { stage: { StageVariables: { color: 'red' } } });
    await call(
      'POST',
      '/things/7?a=1&b=2&a=3&c=%20x',
      {
        'Content-Type': 'application/json',
        Cookie: 'one=1; two=2',
        'User-Agent': 'tester',
        'X-Many': ['1', '2'],
        'X-Forwarded-For': '9.9.9.9',
      },
      '{"é":1}',
    );
    expect(seen).toEqual({
      version: '2.0',
      routeKey: 'POST /things/{id}',
      rawPath: '/things/7',
      rawQueryString: 'a=1&b=2&a=3&c=%20x',
      cookies: ['one=1', 'two=2'],
      headers: {
        connection: expect.any(String),
        'content-length': '8',
        'content-type': 'application/json',
        host: HOST,
        'user-agent': 'tester',
        'x-many': '1, 2',
        'x-forwarded-for': '9.9.9.9, 127.0.0.1',
        'x-forwarded-port': '443',
        'x-forwarded-proto': 'https',
      },
      queryStringParameters: { a: '1,3', b: '2', c: ' x' },
      pathParameters: { id: '7' },
      stageVariables: { color: 'red' },
      requestContext: {
        accountId: '000000000000',
        apiId: 'abc',
        domainName: HOST,
        domainPrefix: 'abc',
        http: { method: 'POST', path: '/things/7', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'tester' },
        requestId: expect.any(String),
        routeKey: 'POST /things/{id}',
        stage: '$default',
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        timeEpoch: expect.any(Number),
      },
      body: '{"é":1}',
      isBase64Encoded: false,
    });
  });

  it('leaves out what the request has not', async () => {
    await serve({ 'GET /': 'echo' });
    await call('GET', '/');
    for (const key of ['cookies', 'queryStringParameters', 'pathParameters', 'stageVariables', 'body']) {
      expect(seen).not.toHaveProperty(key);
    }
    expect(seen).toMatchObject({ rawQueryString: '', isBase64Encoded: false });
  });

  it.each([
    ['text/plain', false],
    ['application/json; charset=utf-8', false],
    ['application/xml', false],
    ['application/octet-stream', true],
    ['application/x-www-form-urlencoded', true],
    ['image/png', true],
    [undefined, true],
  ])('has a body of type %s in base64: %s', async (type, isBase64Encoded) => {
    await serve({ $default: 'echo' });
    await call('POST', '/', type === undefined ? {} : { 'content-type': type }, 'a=1');
    expect(seen).toMatchObject({ isBase64Encoded, body: isBase64Encoded ? 'YT0x' : 'a=1' });
  });

  it('has the path with a named stage, which routes do not', async () => {
    await serve({ 'GET /pets': 'echo' }, { stageName: 'dev' });
    await call('GET', '/dev/pets');
    expect(seen).toMatchObject({ rawPath: '/dev/pets', routeKey: 'GET /pets', requestContext: { stage: 'dev' } });
    expect(await call('GET', '/pets')).toMatchObject({ status: 404 });
  });
});

// AWS: "Create AWS Lambda proxy integrations for HTTP APIs in API Gateway", "Lambda function response for format 2.0".
describe('the answer', () => {
  it('is made of status, headers, cookies and body', async () => {
    await serve({ $default: 'fixed' });
    answer = {
      statusCode: 201,
      headers: { 'X-Num': 5, 'Content-Type': 'text/css' },
      cookies: ['a=1; Secure', 'b=2'],
      body: 'x',
    };
    expect(await call('GET', '/')).toMatchObject({
      status: 201,
      headers: { 'x-num': '5', 'content-type': 'text/css', 'set-cookie': ['a=1; Secure', 'b=2'] },
      body: 'x',
    });
  });

  it.each([
    ['text without a type', { statusCode: 200, body: 'x' }, 'text/plain;charset=UTF-8', 'x'],
    [
      'base64',
      { statusCode: 200, body: 'aGk=', isBase64Encoded: true, headers: { 'content-type': 'image/x' } },
      'image/x',
      'hi',
    ],
    ['an object without a status', { a: 1 }, 'application/json', '{"a":1}'],
    ['a text', 'hello', 'application/json', 'hello'],
    ['a list', [1, 2], 'application/json', '[1,2]'],
  ])('is 200 for %s', async (_, result, type, body) => {
    await serve({ $default: 'fixed' });
    answer = result;
    expect(await call('GET', '/')).toMatchObject({ status: 200, headers: { 'content-type': type }, body });
  });

  it.each([
    ['a status that is none', { statusCode: 'many' }],
    ['a header that can be none', { statusCode: 200, headers: { 'x-a': 'b\r\nc: d' } }],
    ['a header name that can be none', { statusCode: 200, headers: { 'x a': 'b' } }],
    ['a cookie that can be none', { statusCode: 200, cookies: ['a\n'] }],
    ['a body that is no text', { statusCode: 200, body: { a: 1 } }],
  ])('is 500 for %s', async (_, result) => {
    await serve({ $default: 'fixed' });
    answer = result;
    expect(await call('GET', '/')).toMatchObject({ status: 500, body: '{"message":"Internal Server Error"}' });
  });

  it('has no body for HEAD or 204', async () => {
    await serve({ $default: 'fixed' });
    answer = { statusCode: 200, body: 'four' };
    expect(await call('HEAD', '/')).toMatchObject({ status: 200, headers: { 'content-length': '4' }, body: '' });
    answer = { statusCode: 204 };
    expect(await call('GET', '/')).toMatchObject({ status: 204, body: '' });
  });

  it('is 500 when the function fails', async () => {
    await serve({ $default: 'failing' });
    expect(await call('GET', '/')).toMatchObject({ status: 500, body: '{"message":"Internal Server Error"}' });
  });

  it('is 503 when the function is not invoked or takes longer than the integration may', async () => {
    await serve({ 'GET /gone': 'nobody', $default: 'slow' }, { integration: { TimeoutInMillis: 50 } });
    const unavailable = { status: 503, body: '{"message":"Service Unavailable"}' };
    expect(await call('GET', '/gone')).toMatchObject(unavailable);
    expect(await call('GET', '/')).toMatchObject(unavailable);
  });

  // AWS: "Quotas for configuring and running an HTTP API in API Gateway": 10 MB.
  it('is 413 for a body over 10 MB', async () => {
    await serve({ $default: 'echo' });
    expect(await call('POST', '/', {}, Buffer.alloc(10 * 1024 * 1024 + 1))).toMatchObject({ status: 413 });
    expect(seen).toEqual({});
  });

  // AWS: the same page: 10 240 bytes.
  it('is 431 for a request line and header values over 10 KB together', async () => {
    await serve({ $default: 'echo' });
    const [half, most] = ['x'.repeat(5_000), 'x'.repeat(5_200)];
    expect(await call('GET', `/?q=${half}`, { 'x-half': half })).toMatchObject({ status: 200 });
    expect(await call('GET', `/?q=${most}`, { 'x-half': most })).toMatchObject({ status: 431 });
  });

  // AWS: "Throttle requests to your HTTP APIs for better throughput in API Gateway".
  it('is 429 beyond the throttling limits of the stage or the route', async () => {
    const stage = {
      DefaultRouteSettings: { ThrottlingRateLimit: 0.001, ThrottlingBurstLimit: 3 },
      RouteSettings: { 'GET /few': { ThrottlingRateLimit: 0.001, ThrottlingBurstLimit: 1 } },
    };
    await serve({ 'GET /few': 'echo', $default: 'echo' }, { stage });
    const statuses: (number | undefined)[] = [];
    for (const path of ['/few', '/few', '/', '/', '/', '/']) statuses.push((await call('GET', path)).status);
    expect(statuses).toEqual([200, 429, 200, 200, 200, 429]);
    expect((await call('GET', '/')).body).toBe('{"message":"Too Many Requests"}');
  });
});

// AWS: "Configure CORS for HTTP APIs in API Gateway".
describe('CORS', () => {
  const ORIGIN = 'https://app.example';
  const cors = (overrides: Properties = {}) => ({
    properties: {
      CorsConfiguration: {
        AllowOrigins: [ORIGIN],
        AllowMethods: ['GET', 'PUT'],
        AllowHeaders: ['Authorization'],
        ExposeHeaders: ['x-total'],
        AllowCredentials: true,
        MaxAge: 600,
        ...overrides,
      },
    },
  });
  const preflight = { Origin: ORIGIN, 'Access-Control-Request-Method': 'PUT' };

  it('answers a preflight request itself', async () => {
    await serve({ $default: 'echo' }, cors());
    expect(await call('OPTIONS', '/any', preflight)).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': ORIGIN,
        'access-control-allow-methods': 'GET,PUT',
        'access-control-allow-headers': 'authorization',
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': 'x-total',
        'access-control-max-age': '600',
      },
    });
    expect(seen).toEqual({});
  });

  it('tells other origins nothing', async () => {
    await serve({ $default: 'echo' }, cors());
    const { headers } = await call('OPTIONS', '/', { ...preflight, Origin: 'https://evil.example' });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    expect((await call('GET', '/', { Origin: 'https://evil.example' })).headers).not.toHaveProperty(
      'access-control-allow-origin',
    );
  });

  it('replaces what the function says', async () => {
    await serve({ $default: 'fixed' }, cors());
    answer = { statusCode: 200, headers: { 'access-control-allow-origin': '*', 'Access-Control-Max-Age': '5' } };
    const { headers } = await call('GET', '/', { Origin: ORIGIN });
    expect(headers).toMatchObject({ 'access-control-allow-origin': ORIGIN, vary: 'Origin' });
    expect(headers).not.toHaveProperty('access-control-max-age');
  });

  it('without a configuration leaves everything to the function', async () => {
    await serve({ $default: 'fixed' });
    world.pages.add(ORIGIN);
    answer = { statusCode: 202, headers: { 'access-control-allow-origin': '*' } };
    expect(await call('OPTIONS', '/', preflight)).toMatchObject({
      status: 202,
      headers: { 'access-control-allow-origin': '*' },
    });
  });

  it('allows every origin where it says so', async () => {
    await serve({ $default: 'echo' }, cors({ AllowOrigins: ['*'], AllowCredentials: false }));
    expect((await call('GET', '/', { Origin: ORIGIN })).headers).toMatchObject({ 'access-control-allow-origin': '*' });
  });
});

describe('a shape that is not implemented', () => {
  it.each<[string, (api: GatewayApi) => void]>([
    ['an authorizer of another kind', (api) => api.addAuthorizer('a', { AuthorizerType: 'TOKEN' })],
    [
      'a route whose authorizer is not there',
      (api) => api.addRoute('r', { RouteKey: '$default', Target: 'integrations/i', AuthorizationType: 'JWT' }),
    ],
    [
      'an HTTP integration',
      (api) => api.addIntegration('i', { IntegrationType: 'HTTP_PROXY', IntegrationUri: 'https://a.example' }),
    ],
    [
      'a route with signatures',
      (api) => api.addRoute('r', { RouteKey: '$default', Target: 'integrations/i', AuthorizationType: 'AWS_IAM' }),
    ],
    [
      'parameter mapping',
      (api) =>
        api.addIntegration('i', {
          IntegrationType: 'AWS_PROXY',
          IntegrationUri: `${ARN}x`,
          PayloadFormatVersion: '2.0',
          RequestParameters: { a: 'b' },
        }),
    ],
  ])('is refused: %s', async (_, add) => {
    await serve({});
    expect(() => api && add(api)).toThrow(StackError);
  });
});
