import { describe, expect, test } from 'vitest';
import { allow, type Handler, startGateway } from '../helpers/websocket-gateway.ts';

const ok = () => ({ statusCode: 200 });

/** A gateway with an authorizer that answers with `answer`. */
const authorizedBy = (authorize: Handler, more: { identitySource?: string[] } = {}) =>
  startGateway({
    authorizer: 'authorize',
    handlers: { authorize, connect: ok, echo: ok },
    routes: { $connect: { handler: 'connect' }, $default: { handler: 'echo' } },
    ...more,
  });

// AWS: "Invoke WebSocket APIs"
describe('address', () => {
  test('a path that is no stage is forbidden, and no function runs', async () => {
    await using gateway = await authorizedBy(() => allow());
    for (const path of ['/', '/other', '/v1/', '/v1/more', '//']) {
      expect(await gateway.refusal(path), path).toMatchObject({ status: 403, body: { message: 'Forbidden' } });
    }
    expect(gateway.eventsOf('authorize')).toEqual([]);
  });

  test('a plain HTTP request to the stage is told to upgrade', async () => {
    await using gateway = await authorizedBy(() => allow());
    expect((await fetch(gateway.httpUrl)).status).toBe(426);
  });

  test('an upgrade that is no WebSocket handshake is refused before any function runs', async () => {
    await using gateway = await authorizedBy(() => allow());
    expect((await gateway.refusal('/v1', { 'Sec-WebSocket-Version': '7' })).status).toBe(400);
    expect((await gateway.refusal('/v1', { 'Sec-WebSocket-Key': 'short' })).status).toBe(400);
    expect(gateway.eventsOf('authorize')).toEqual([]);
  });
});

// AWS: "Control access to WebSocket APIs with AWS Lambda REQUEST authorizers"
describe('authorizer', () => {
  test('it gets the REQUEST event with the $connect ARN, headers, query and request context', async () => {
    await using gateway = await authorizedBy(() => allow());
    await gateway.connect('?a=1&a=2&b=x%20y', [], { headers: { HeaderAuth1: 'one', 'User-Agent': 'test' } });
    const [event] = gateway.eventsOf('authorize');
    expect(event).toMatchObject({
      type: 'REQUEST',
      methodArn: 'arn:aws:execute-api:us-east-1:000000000000:a1b2c3d4e5/v1/$connect',
      headers: { HeaderAuth1: 'one', 'X-Forwarded-For': '127.0.0.1', Upgrade: 'websocket' },
      multiValueHeaders: { HeaderAuth1: ['one'] },
      queryStringParameters: { a: '2', b: 'x y' },
      multiValueQueryStringParameters: { a: ['1', '2'], b: ['x y'] },
      stageVariables: {},
      requestContext: {
        routeKey: '$connect',
        eventType: 'CONNECT',
        messageDirection: 'IN',
        stage: 'v1',
        apiId: 'a1b2c3d4e5',
        identity: { sourceIp: '127.0.0.1', userAgent: 'test' },
      },
    });
    expect(event).not.toHaveProperty('isBase64Encoded');
  });

  test('what it denies is forbidden and never reaches $connect', async () => {
    const deny = { ...allow(), policyDocument: { Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] } };
    await using gateway = await authorizedBy(() => deny);
    expect(await gateway.refusal()).toMatchObject({ status: 403, body: { message: 'Forbidden' } });
    expect(gateway.eventsOf('connect')).toEqual([]);
  });

  test('a policy for another API or stage lets nobody in', async () => {
    await using gateway = await authorizedBy(() => allow({}, 'arn:aws:execute-api:*:*:a1b2c3d4e5/v2/*'));
    expect((await gateway.refusal()).status).toBe(403);
  });

  // AWS: "Use API Gateway Lambda authorizers" (raise "Unauthorized" to answer 401)
  test('"Unauthorized" thrown is 401, any other failure 500', async () => {
    let message = 'Unauthorized';
    await using gateway = await authorizedBy(() => {
      throw new Error(message);
    });
    expect(await gateway.refusal()).toMatchObject({ status: 401, body: { message: 'Unauthorized' } });
    message = 'Something else';
    expect(await gateway.refusal()).toMatchObject({ status: 500, body: { message: 'Internal server error' } });
  });

  // AWS: "Output from an API Gateway Lambda authorizer"
  test.each([
    ['nothing', undefined],
    ['no principal', { policyDocument: allow().policyDocument }],
    ['no policy', { principalId: 'somebody' }],
    ['an object in the context', allow({ nested: { not: 'allowed' } })],
    ['a list in the context', allow({ list: ['not allowed'] })],
    [
      'a condition, which is not implemented',
      { ...allow(), policyDocument: { Statement: { ...allow().policyDocument.Statement[0], Condition: {} } } },
    ],
  ])('a malformed answer is 500: %s', async (_, answer) => {
    await using gateway = await authorizedBy(() => answer);
    expect(await gateway.refusal()).toMatchObject({ status: 500, body: { message: 'Internal server error' } });
    expect(gateway.world.warnings).toHaveLength(1);
  });

  test('its context comes as strings with $connect and every later event', async () => {
    await using gateway = await startGateway({
      authorizer: 'authorize',
      handlers: { authorize: () => allow({ name: 'Ann', age: 7, admin: true }), any: ok },
      routes: {
        $connect: { handler: 'any' },
        $default: { handler: 'any', returnsResponse: true },
        $disconnect: { handler: 'any' },
      },
    });
    const socket = await gateway.connect();
    socket.send({ hello: 'there' });
    await expect.poll(() => gateway.eventsOf('any')).toHaveLength(2);
    socket.webSocket.close();
    await expect.poll(() => gateway.eventsOf('any')).toHaveLength(3);
    for (const event of gateway.eventsOf('any')) {
      expect(event.requestContext['authorizer']).toEqual({
        principalId: 'somebody',
        name: 'Ann',
        age: '7',
        admin: 'true',
      });
    }
  });

  test('a missing or empty identity source is 401 without asking it', async () => {
    const identitySource = ['route.request.header.Auth', 'route.request.querystring.token'];
    await using gateway = await authorizedBy(() => allow(), { identitySource });
    expect((await gateway.refusal('/v1', { auth: 'x' })).status).toBe(401);
    expect((await gateway.refusal('/v1?token=', { auth: 'x' })).status).toBe(401);
    expect((await gateway.refusal('/v1?token=1')).status).toBe(401);
    expect(gateway.eventsOf('authorize')).toEqual([]);
    await gateway.connect('?token=1', [], { headers: { AUTH: 'x' } });
  });
});

// AWS: "Manage connected users and client apps: $connect and $disconnect routes"
describe('$connect', () => {
  test('the upgrade waits for it', async () => {
    const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
    await using gateway = await startGateway({
      handlers: { connect: () => finished.then(ok) },
      routes: { $connect: { handler: 'connect' } },
    });
    const connecting = gateway.connect();
    await expect.poll(() => gateway.eventsOf('connect')).toHaveLength(1);
    expect(await Promise.race([connecting, 'pending'])).toBe('pending');
    finish();
    await connecting;
  });

  test('without such a route everybody is let in', async () => {
    await using gateway = await startGateway({ handlers: { echo: ok }, routes: { $default: { handler: 'echo' } } });
    await gateway.connect();
  });

  test.each([
    ['a 4xx is passed on', () => ({ statusCode: 401, body: 'not shown' }), 401],
    ['a 5xx is passed on', () => ({ statusCode: 503 }), 503],
    ['an answer without a status is 502', () => ({ body: 'hello' }), 502],
    ['no answer is 502', () => undefined, 502],
    [
      'a thrown error is 502',
      () => {
        throw new Error('secret detail');
      },
      502,
    ],
  ])('%s, and no $disconnect follows', async (_, connect, status) => {
    await using gateway = await startGateway({
      handlers: { connect, disconnect: ok },
      routes: { $connect: { handler: 'connect' }, $disconnect: { handler: 'disconnect' } },
    });
    const refusal = await gateway.refusal();
    expect(refusal.status).toBe(status);
    expect(JSON.stringify(refusal.body)).not.toMatch(/secret|not shown/);
    expect(gateway.eventsOf('disconnect')).toEqual([]);
  });

  test('an integration that takes longer than its timeout is 504', async () => {
    await using gateway = await startGateway({
      handlers: { connect: () => new Promise(() => undefined) },
      routes: { $connect: { handler: 'connect', integration: { TimeoutInMillis: 50 } } },
    });
    expect(await gateway.refusal()).toMatchObject({ status: 504, body: { message: 'Endpoint request timed out' } });
  });

  test('a function that is missing or throttled is 500', async () => {
    await using gateway = await startGateway({ routes: { $connect: { handler: 'missing' } } });
    expect((await gateway.refusal()).status).toBe(500);
  });

  test('$disconnect follows when the client went away while it was being let in', async () => {
    const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
    await using gateway = await startGateway({
      handlers: { connect: () => finished.then(ok), disconnect: ok },
      routes: { $connect: { handler: 'connect' }, $disconnect: { handler: 'disconnect' } },
    });
    const refused = gateway.connect().catch((error: unknown) => error);
    await expect.poll(() => gateway.eventsOf('connect')).toHaveLength(1);
    gateway.dropClients();
    await refused;
    finish();
    await expect.poll(() => gateway.eventsOf('disconnect')).toHaveLength(1);
  });

  test('$disconnect follows when the stack ends while a client is being let in', async () => {
    const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
    await using gateway = await startGateway({
      handlers: { connect: () => finished.then(ok), disconnect: ok },
      routes: { $connect: { handler: 'connect' }, $disconnect: { handler: 'disconnect' } },
    });
    const refused = expect(gateway.connect()).rejects.toThrow('503');
    await expect.poll(() => gateway.eventsOf('connect')).toHaveLength(1);
    await gateway.api.close();
    finish();
    await refused;
    await expect.poll(() => gateway.eventsOf('disconnect')).toHaveLength(1);
  });
});

// AWS: "Connect to a WebSocket API with a subprotocol" (the $connect integration answers with the header)
describe('subprotocol', () => {
  const choosing = (headers: Record<string, string>) =>
    startGateway({
      handlers: { connect: () => ({ statusCode: 200, headers }) },
      routes: { $connect: { handler: 'connect' } },
    });

  test('the one that the function names is answered, and nothing else of its headers', async () => {
    await using gateway = await choosing({ 'Sec-WebSocket-Protocol': 'two', 'X-Other': 'no' });
    const socket = await gateway.connect('', ['one', 'two']);
    expect(socket.webSocket.protocol).toBe('two');
    expect(socket.upgradeHeaders).not.toHaveProperty('x-other');
  });

  test('when it names none the answer has none, and a client that offered some gives up', async () => {
    await using gateway = await choosing({});
    await expect(gateway.connect('', ['one'])).rejects.toThrow('Server sent no subprotocol');
    expect((await gateway.connect()).upgradeHeaders).not.toHaveProperty('sec-websocket-protocol');
  });
});
