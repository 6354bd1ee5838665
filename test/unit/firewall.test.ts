import { createHash } from 'node:crypto';
import type { APIGatewayProxyEventV2, APIGatewayRequestAuthorizerEvent, Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { httpHandler, open } from '#lambdas/kit/http.ts';

const proof = 'what CloudFront adds';
const EDGE_HASH = createHash('sha256').update(proof).digest('base64url');

beforeAll(() => {
  vi.stubEnv('ALLOWED_ORIGINS', 'https://chat.example.org')
    .stubEnv('JWKS', '{"keys":[]}')
    .stubEnv('TOKEN_ISSUER', 'https://chat.example.org')
    .stubEnv('FUNCTION', 'authorizer');
});
afterAll(() => void vi.unstubAllEnvs());

async function call(headers: Record<string, string>) {
  const run = vi.fn(async () => ({ ok: { body: { status: 'ok', version: '0' } } }));
  const handler = httpHandler({ 'GET /health': open({ allow: 'everyone' }, run) });
  const event = { routeKey: 'GET /health', headers, requestContext: { requestId: 'r' } } as APIGatewayProxyEventV2;
  const { statusCode, body } = await handler(event, { awsRequestId: 'r' } as Context);
  return { statusCode, body, ran: run.mock.calls.length };
}

async function connect(headers: Record<string, string>) {
  const { handler } = await import('#lambdas/authorizer/handler.ts');
  const event = {
    headers,
    methodArn: 'arn:aws:execute-api:::api/ws/$connect',
    requestContext: { identity: { sourceIp: '192.0.2.1' } },
  } as APIGatewayRequestAuthorizerEvent;
  try {
    return (await handler(event, { awsRequestId: 'test' } as Context)).policyDocument.Statement[0]?.Effect;
  } catch (error) {
    return error instanceof Error ? error.message : error;
  }
}

describe('with a firewall', () => {
  beforeAll(() => void vi.stubEnv('EDGE_HASH', EDGE_HASH));
  afterAll(() => void vi.stubEnv('EDGE_HASH', ''));

  test.each([{}, { 'x-storm-edge': '' }, { 'x-storm-edge': 'guessed' }, { 'x-storm-edge': EDGE_HASH }])(
    'a request that went round it is refused before anything is done: %j',
    async (headers) => {
      const { statusCode, body, ran } = await call(headers);
      expect([statusCode, ran]).toEqual([403, 0]);
      expect(JSON.parse(body ?? '')).toMatchObject({ code: 'forbidden' });
      expect(await connect(headers)).toBe('Deny');
    },
  );

  test('a request that came through it is served', async () => {
    expect(await call({ 'x-storm-edge': proof })).toMatchObject({ statusCode: 200, ran: 1 });
    // It has no token: it was looked at.
    expect(await connect({ 'X-Storm-Edge': proof })).toBe('Unauthorized');
  });
});

test('without a firewall no request needs a proof', async () => {
  expect(await call({})).toMatchObject({ statusCode: 200 });
  expect(await connect({})).toBe('Unauthorized');
});
