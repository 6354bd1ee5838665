import { generateKeyPairSync, hash, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDistributions } from '../../distribution/index.ts';
import { gatewayHandlers } from '../../gateways.ts';
import { createHttpApi } from '../../http-api/index.ts';
import type { GatewayApi } from '../../types.ts';
import { createResource } from '../helpers/resources.ts';
import { signedHeaders } from '../helpers/signed.ts';
import { type TestWorld, testWorld } from '../helpers/world.ts';

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:';
let world: TestWorld;
let api: GatewayApi | undefined;
let asked: Record<string, unknown>[];
let seen: Record<string, unknown>[];
let verdict: unknown;
let result: unknown;

beforeEach(() => {
  [asked, seen, result] = [[], [], { statusCode: 200, body: 'in' }];
  world = testWorld({
    functions: {
      door: (event) => {
        asked.push(Object(event));
        return verdict;
      },
      room: (event) => {
        seen.push(Object(event));
        return result;
      },
    },
  });
});
afterEach(async () => {
  await api?.close();
  await world[Symbol.asyncDispose]();
});

/** An API with one route behind an authorizer. Returns what calls it. */
async function serve(authorizer: object, route: object = {}, PayloadFormatVersion = '2.0') {
  api = await createHttpApi('abc', { ProtocolType: 'HTTP' }, world);
  api.addAuthorizer('door', { Name: 'door', ...authorizer });
  api.addIntegration('room', { IntegrationType: 'AWS_PROXY', IntegrationUri: `${ARN}room`, PayloadFormatVersion });
  api.addRoute('r', { RouteKey: 'GET /rooms/{id}', Target: 'integrations/room', AuthorizerId: 'door', ...route });
  api.addStage('$default', {});
  const base = world.localize('https://abc.execute-api.us-east-1.amazonaws.com');
  return (headers: Record<string, string> = {}, path = '/rooms/7?a=1&a=2') => fetch(base + path, { headers });
}

const lambda = (more: object = {}) => ({
  AuthorizerType: 'REQUEST',
  AuthorizerUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${ARN}door/invocations`,
  AuthorizerPayloadFormatVersion: '2.0',
  IdentitySource: ['$request.header.Authorization'],
  ...more,
});
const custom = { AuthorizationType: 'CUSTOM' };

// "Control access to HTTP APIs with AWS Lambda authorizers in API Gateway".
describe('a Lambda authorizer', () => {
  test('with simple answers lets in whom its function lets in, with its context', async () => {
    const call = await serve(lambda({ EnableSimpleResponses: true }), custom);
    verdict = { isAuthorized: true, context: { user: 'ann' } };
    expect((await call({ authorization: 'ticket' })).status).toBe(200);
    expect(asked[0]).toMatchObject({
      version: '2.0',
      type: 'REQUEST',
      routeArn: 'arn:aws:execute-api:us-east-1:000000000000:abc/$default/GET/rooms/7',
      identitySource: ['ticket'],
      routeKey: 'GET /rooms/{id}',
      pathParameters: { id: '7' },
    });
    expect(seen[0]).toMatchObject({ requestContext: { authorizer: { lambda: { user: 'ann' } } } });
    verdict = { isAuthorized: false };
    expect((await call({ authorization: 'ticket' })).status).toBe(403);
    expect((await call()).status).toBe(401);
    expect(asked).toHaveLength(2);
  });

  test('with policies decides by them, also in the format 1.0', async () => {
    const call = await serve(lambda({ AuthorizerPayloadFormatVersion: '1.0' }), custom, '1.0');
    const policy = (Effect: string) => ({
      principalId: 'ann',
      policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect, Resource: '*' }] },
      context: { role: 'guest' },
    });
    verdict = policy('Allow');
    expect((await call({ authorization: 'ticket' })).status).toBe(200);
    expect(asked[0]).toMatchObject({
      version: '1.0',
      type: 'REQUEST',
      httpMethod: 'GET',
      authorizationToken: 'ticket',
    });
    expect(seen[0]).toMatchObject({ requestContext: { authorizer: { principalId: 'ann', role: 'guest' } } });
    verdict = policy('Deny');
    expect((await call({ authorization: 'ticket' })).status).toBe(403);
    verdict = 'nonsense';
    expect((await call({ authorization: 'ticket' })).status).toBe(500);
  });
});

// "Control access to HTTP APIs with JWT authorizers in API Gateway".
describe('a JWT authorizer', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = (claims: object, key = privateKey) => {
    const body = `${base64({ alg: 'RS256', kid: 'k' })}.${base64({ exp: Date.now() / 1000 + 60, ...claims })}`;
    return `${body}.${sign('sha256', Buffer.from(body), key).toString('base64url')}`;
  };

  test('lets in who has a token of its issuer for its audience, with the scopes of the route', async () => {
    const issuer = createServer((request, response) => {
      const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k' }] };
      response.end(JSON.stringify(request.url?.includes('openid') ? { jwks_uri: `${iss}/keys` } : jwks));
    }).listen(0, '127.0.0.1');
    await once(issuer, 'listening');
    const address = issuer.address();
    const iss = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const call = await serve(
      {
        AuthorizerType: 'JWT',
        IdentitySource: ['$request.header.Authorization'],
        JwtConfiguration: { Audience: ['rooms'], Issuer: iss },
      },
      { AuthorizationType: 'JWT', AuthorizationScopes: ['enter'] },
    );
    const status = async (claims: object, key = privateKey) =>
      (await call({ authorization: `Bearer ${token({ iss, aud: 'rooms', scope: 'enter leave', ...claims }, key)}` }))
        .status;
    expect(await status({ sub: 'ann', groups: ['a', 'b'] })).toBe(200);
    expect(seen[0]).toMatchObject({
      requestContext: { authorizer: { jwt: { claims: { sub: 'ann', groups: '[a b]' }, scopes: ['enter', 'leave'] } } },
    });
    expect(await status({ scope: 'leave' })).toBe(403);
    expect(await status({ aud: 'elsewhere' })).toBe(401);
    expect(await status({ iss: 'http://somebody.example' })).toBe(401);
    expect(await status({ exp: 1 })).toBe(401);
    expect(await status({}, generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)).toBe(401);
    expect((await call({ authorization: 'Bearer nonsense' })).status).toBe(401);
    expect((await call()).headers.get('www-authenticate')).toBe('Bearer');
    issuer.close();
  });
});

// "Create AWS Lambda proxy integrations for HTTP APIs in API Gateway", format 1.0.
test('a function of the format 1.0 gets its event, and answers with several values of a header', async () => {
  const call = await serve(lambda({ EnableSimpleResponses: true }), custom, '1.0');
  verdict = { isAuthorized: true };
  result = { statusCode: 201, body: 'made', multiValueHeaders: { 'X-Two': ['1', '2'] } };
  const response = await call({ authorization: 'ticket' });
  expect([response.status, response.headers.get('x-two')]).toEqual([201, '1, 2']);
  expect(seen[0]).toMatchObject({
    version: '1.0',
    resource: '/rooms/{id}',
    path: '/rooms/7',
    httpMethod: 'GET',
    queryStringParameters: { a: '2' },
    multiValueQueryStringParameters: { a: ['1', '2'] },
    pathParameters: { id: '7' },
    body: null,
  });
  result = 'no status';
  expect((await call({ authorization: 'ticket' })).status).toBe(500);
});

// "Invoking Lambda function URLs": events have the format 2.0.
test('a function has a URL of its own', async () => {
  const { attributes } = await createResource(gatewayHandlers(), world, 'AWS::Lambda::Url', {
    TargetFunctionArn: `${ARN}room`,
    AuthType: 'NONE',
  });
  const url = String(attributes?.['FunctionUrl']);
  expect(url).toMatch(/^https:\/\/\w{10}\.lambda-url\.us-east-1\.on\.aws\/$/);
  expect(await (await fetch(`${world.localize(url)}a/b?c=1`)).text()).toBe('in');
  expect(seen[0]).toMatchObject({ version: '2.0', rawPath: '/a/b', rawQueryString: 'c=1', routeKey: '$default' });
});

// "Control access to Lambda function URLs".
test('a URL with AWS_IAM lets in who signs with the access key, and tells the function who', async () => {
  const { attributes } = await createResource(gatewayHandlers(), world, 'AWS::Lambda::Url', {
    TargetFunctionArn: `${ARN}room`,
    AuthType: 'AWS_IAM',
  });
  const url = `${world.localize(String(attributes?.['FunctionUrl']))}a?b=1`;
  const call = (headers: Record<string, string>, body = '{}') => fetch(url, { method: 'POST', body, headers });
  expect((await call({})).status).toBe(403);
  const headers = signedHeaders(url, 'lambda', '{}');
  expect((await call(headers, '{"other":1}')).status).toBe(403);
  expect(seen).toEqual([]);
  expect((await call(headers)).status).toBe(200);
  expect(seen).toMatchObject([
    { body: '{}', requestContext: { authorizer: { iam: { accessKey: 'local', accountId: '000000000000' } } } },
  ]);
});

// "Restrict access to an AWS Lambda function URL origin": the body is signed for what the viewer says of it.
test('a distribution with an origin access control signs for a URL with AWS_IAM', async () => {
  const { attributes } = await createResource(gatewayHandlers(), world, 'AWS::Lambda::Url', {
    TargetFunctionArn: `${ARN}room`,
    AuthType: 'AWS_IAM',
  });
  const DomainName = new URL(String(attributes?.['FunctionUrl'])).host;
  const distributions = await createDistributions(0, world, []);
  const origin = { Id: 'f', DomainName, CustomOriginConfig: {}, OriginAccessControlId: 'control' };
  const behavior = { TargetOriginId: 'f', ViewerProtocolPolicy: 'allow-all', AllowedMethods: ['GET', 'POST'] };
  await createResource(distributions.handlers, world, 'AWS::CloudFront::Distribution', {
    DistributionConfig: { DefaultRootObject: 'x', Origins: [origin], DefaultCacheBehavior: behavior },
  });
  distributions.open({});
  const post = (headers: Record<string, string>) =>
    fetch(`${distributions.url}/a`, { method: 'POST', body: 'hello', headers });
  expect((await fetch(`${distributions.url}/a?b=1`)).status).toBe(200);
  expect((await post({})).status).toBe(403);
  expect((await post({ 'x-amz-content-sha256': hash('sha256', 'hello') })).status).toBe(200);
  expect(seen.length).toBe(2);
});
