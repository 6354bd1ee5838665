import { describe, expect, test } from 'vitest';
import { allow, type Handler, type RouteSpec, startGateway } from '../helpers/websocket-gateway.ts';

const ok = () => ({ statusCode: 200 });
const echoRoute: Handler = (event) => ({ statusCode: 200, body: String(event.requestContext['routeKey']) });
const two = { handler: 'echo', returnsResponse: true };

const failure = (message: string) => ({
  message,
  connectionId: expect.stringMatching(/^[\w-]{15}=$/),
  requestId: expect.stringMatching(/^[\w-]{15}=$/),
});

// AWS: "Create routes for WebSocket APIs in API Gateway" and "WebSocket selection expressions in API Gateway"
describe('route selection', () => {
  const nested = JSON.stringify({ meta: { kind: 'deep' } });

  test.each([
    ['the key that the message names', '$request.body.action', '{"action":"join"}', 'join'],
    ['another key than action', '$request.body.kind', '{"kind":"join"}', 'join'],
    ['a path into the message', '$request.body.meta.kind', nested, 'deep'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the expression language of API Gateway
    ['an expression in braces', '${request.body.meta.kind}', nested, 'deep'],
    ['$default when no route has that key', '$request.body.action', '{"action":"unknown"}', '$default'],
    ['$default when the key is missing', '$request.body.action', '{"kind":"join"}', '$default'],
    ['$default when the value is a number', '$request.body.action', '{"action":7}', '$default'],
    ['$default when the value is null', '$request.body.action', '{"action":null}', '$default'],
    ['$default when the value is inherited', '$request.body.constructor.name', '{}', '$default'],
    ['$default when the message is a list', '$request.body.action', '["join"]', '$default'],
    ['$default when the message is no JSON', '$request.body.action', 'join', '$default'],
    [
      '$default when the message asks for a predefined route',
      '$request.body.action',
      '{"action":"$connect"}',
      '$default',
    ],
  ])('%s', async (_, selection, message, routeKey) => {
    await using gateway = await startGateway({
      selection,
      handlers: { echo: echoRoute, connect: ok },
      routes: {
        join: two,
        deep: two,
        '7': two,
        null: two,
        Object: two,
        $default: two,
        $connect: { handler: 'connect' },
      },
    });
    const socket = await gateway.connect();
    socket.send(message);
    expect(await socket.next()).toBe(routeKey);
  });

  test('an answer that is a failure is a warning, since nobody is told of it', async () => {
    const broken: Handler = () => ({ statusCode: 500, body: 'no table' });
    await using gateway = await startGateway({ handlers: { broken }, routes: { join: { handler: 'broken' } } });
    const socket = await gateway.connect();
    socket.send('{"action":"join"}');
    await expect
      .poll(() => gateway.world.warnings)
      .toEqual([expect.stringMatching(/^join: .* answered 500: no table$/)]);
  });

  test('a message that no route takes is answered Forbidden, and the socket stays open', async () => {
    await using gateway = await startGateway({ handlers: { echo: echoRoute }, routes: { join: two } });
    const socket = await gateway.connect();
    socket.send('nonsense');
    expect(await socket.nextJson()).toEqual(failure('Forbidden'));
    socket.send({ action: 'join' });
    expect(await socket.next()).toBe('join');
  });
});

// AWS: "Set up route responses for WebSocket APIs in API Gateway"
describe('route response', () => {
  const exchange = async (echo: Handler, route: Partial<RouteSpec> = {}) => {
    const gateway = await startGateway({
      handlers: { echo, after: () => ({ statusCode: 200, body: 'after' }) },
      routes: { say: { ...two, ...route }, after: { handler: 'after', returnsResponse: true } },
    });
    const socket = await gateway.connect();
    socket.send({ action: 'say' });
    await expect.poll(() => gateway.eventsOf('echo')).toHaveLength(1);
    return { gateway, socket };
  };
  /** The route has had its answer once the other one's comes. */
  const firstAnswer = async ({ gateway, socket }: Awaited<ReturnType<typeof exchange>>) => {
    await using _ = gateway;
    socket.send({ action: 'after' });
    return await socket.next(); // or the gateway would end first
  };

  test('the body goes back over the socket', async () => {
    expect(await firstAnswer(await exchange(() => ({ statusCode: 200, body: 'héllo' })))).toBe('héllo');
  });

  test('a base64 body is decoded first', async () => {
    const body = Buffer.from('héllo').toString('base64');
    expect(await firstAnswer(await exchange(() => ({ statusCode: 200, body, isBase64Encoded: true })))).toBe('héllo');
  });

  test('the body goes back whatever the status', async () => {
    expect(await firstAnswer(await exchange(() => ({ statusCode: 400, body: 'no' })))).toBe('no');
  });

  test('without a body nothing goes back', async () => {
    expect(await firstAnswer(await exchange(ok))).toBe('after');
  });

  test('without a route response the body is dropped', async () => {
    const body = { statusCode: 200, body: 'dropped' };
    expect(await firstAnswer(await exchange(() => body, { returnsResponse: false }))).toBe('after');
  });

  test.each([
    ['an error thrown', () => Promise.reject(new Error('secret'))],
    ['no answer', () => undefined],
    ['an answer without a status', () => ({ body: 'hello' })],
    ['a body that is no string', () => ({ statusCode: 200, body: { a: 1 } })],
    ['a body over 128 KB', () => ({ statusCode: 200, body: 'x'.repeat(128 * 1024 + 1) })],
  ])('%s is told as an internal server error', async (_, echo) => {
    expect(JSON.parse(await firstAnswer(await exchange(echo)))).toEqual(failure('Internal server error'));
  });

  test('a failure is told even without a route response', async () => {
    const thrower = () => Promise.reject(new Error('secret'));
    const answer = await firstAnswer(await exchange(thrower, { returnsResponse: false }));
    expect(JSON.parse(answer)).toEqual(failure('Internal server error'));
  });

  test('an integration that takes too long is told as timed out', async () => {
    const never = () => new Promise(() => undefined);
    const { gateway, socket } = await exchange(never, { integration: { TimeoutInMillis: 50 } });
    await using _ = gateway;
    expect(await socket.nextJson()).toEqual(failure('Endpoint request timed out'));
  });
});

// AWS: "Set up a WebSocket API integration response in API Gateway"
describe('MOCK integration', () => {
  const pong = (response: object, request: object = {}, returnsResponse = true) =>
    startGateway({
      authorizer: 'authorize',
      handlers: { authorize: () => allow({ name: 'Ann' }), connect: ok, echo: echoRoute },
      routes: {
        $connect: { handler: 'connect' },
        $default: two,
        ping: {
          returnsResponse,
          mock: {
            integration: { RequestTemplates: { $default: '{"statusCode":200}' }, ...request },
            responses: [
              { IntegrationResponseKey: '$default', ResponseTemplates: { $default: '{"type":"pong"}' }, ...response },
            ],
          },
        },
      },
    });
  const answerOf = async (opening: ReturnType<typeof pong>) => {
    await using gateway = await opening;
    const socket = await gateway.connect();
    socket.send({ action: 'ping' });
    socket.send({ action: 'other' });
    return await socket.next(); // or the gateway would end first
  };

  test('the template of its response is the answer', async () => {
    expect(await answerOf(pong({}))).toBe('{"type":"pong"}');
  });

  test('without a route response nothing is answered', async () => {
    expect(await answerOf(pong({}, {}, false))).toBe('$default');
  });

  test('the status of the request template picks the response', async () => {
    const response = { IntegrationResponseKey: '/2\\d\\d/', ResponseTemplates: { $default: 'good' } };
    expect(await answerOf(pong(response))).toBe('good');
    const moved = { RequestTemplates: { $default: '{"statusCode":301}' } };
    expect(await answerOf(pong(response, moved))).toBe('$default');
  });

  test.each([
    ['200', { '200': 'by key' }, 'by key'],
    ['\\$default', { $default: 'by default' }, 'by default'],
    ['other', { '200': 'no', $default: 'fallen back' }, 'fallen back'],
    ['\\$default', { 'application/json': 'by type' }, 'by type'],
  ])('template selection expression %s of %o', async (TemplateSelectionExpression, ResponseTemplates, answer) => {
    expect(await answerOf(pong({ TemplateSelectionExpression, ResponseTemplates }))).toBe(answer);
  });

  // AWS: "WebSocket API mapping template reference for API Gateway"
  test('$context variables are filled in', async () => {
    const template =
      '$context.routeKey $context.stage $context.identity.sourceIp $context.authorizer.name $context.nothing';
    expect(await answerOf(pong({ ResponseTemplates: { $default: template } }))).toBe('ping v1 127.0.0.1 Ann ');
  });

  test('a request template without a status is an internal server error', async () => {
    const answer = await answerOf(pong({}, { RequestTemplates: { $default: '{}' } }));
    expect(JSON.parse(answer)).toEqual(failure('Internal server error'));
  });
});

// AWS: "Throttle requests to your REST APIs for better throughput in API Gateway"; settings by "AWS::ApiGatewayV2::Stage RouteSettings"
describe('throttling', () => {
  const limit = { ThrottlingRateLimit: 0.001, ThrottlingBurstLimit: 2 };

  test('a message over the burst is answered Too Many Requests, each route by itself', async () => {
    await using gateway = await startGateway({
      handlers: { echo: echoRoute },
      routes: { join: two, $default: two },
      stage: { DefaultRouteSettings: limit },
    });
    const socket = await gateway.connect();
    for (let i = 0; i < 3; i++) socket.send({ action: 'join' });
    const answers = [await socket.next(), await socket.next(), await socket.next()].sort();
    expect(answers.slice(0, 2)).toEqual(['join', 'join']);
    expect(JSON.parse(answers[2] ?? '')).toEqual(failure('Too Many Requests'));
    socket.send('something');
    expect(await socket.next()).toBe('$default');
  });

  test("a route's own settings go before the stage's", async () => {
    await using gateway = await startGateway({
      handlers: { connect: ok },
      routes: { $connect: { handler: 'connect' } },
      stage: {
        DefaultRouteSettings: { ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 1000 },
        RouteSettings: { $connect: limit },
      },
    });
    await gateway.connect();
    await gateway.connect();
    expect(await gateway.refusal()).toMatchObject({ status: 429, body: { message: 'Too Many Requests' } });
  });
});

// AWS: "Overview of WebSocket APIs in API Gateway": nothing there promises an order, and the frames of a socket do overlap.
test('messages of one socket run side by side', async () => {
  const { promise: second, resolve: secondCame } = Promise.withResolvers<void>();
  await using gateway = await startGateway({
    handlers: {
      async echo({ body = '' }) {
        if (body === 'first') await second;
        else secondCame();
        return { statusCode: 200, body };
      },
    },
    routes: { $default: two },
  });
  const socket = await gateway.connect();
  socket.send('first');
  socket.send('second');
  expect([await socket.next(), await socket.next()]).toEqual(['second', 'first']);
});
