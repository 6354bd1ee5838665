import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { afterAll, expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { AwsError } from '#adapters/aws/error.ts';
import { httpHandler, open } from '#lambdas/kit/http.ts';
import { frameHandler } from '#lambdas/kit/socket.ts';
import { rates } from '#lib/rates.ts';
import { checkCall, checkReply } from '#test/helpers/contract.ts';
import { readLog } from '#test/helpers/log.ts';

vi.stubEnv('RATES', JSON.stringify(rates.dev));
afterAll(() => void vi.unstubAllEnvs());
const context = { awsRequestId: 'test' } as Context;

/** An error as AWS services throw it, by its name. */
function thrown(name: string): Error {
  if (name === 'NoAnswer') return new AwsError(name, 'a detail that nobody else needs to know', 0);
  const error = new Error('a detail that nobody else needs to know');
  error.name = name;
  return error;
}

const cases = [
  ['ThrottlingException', 'unavailable', 503],
  ['NoAnswer', 'unavailable', 503],
  ['TypeError', 'internal', 500],
] as const;

test.each(cases)('a request that fails with %s is a problem with the code %s', async (name, code, status) => {
  const handler = httpHandler({ 'GET /health': open({ allow: 'everyone' }, () => Promise.reject(thrown(name))) });
  const event = { routeKey: 'GET /health', headers: {}, requestContext: { requestId: 'r' } } as APIGatewayProxyEventV2;
  const answer = await handler(event, context);
  expect(answer).toMatchObject({ statusCode: status, headers: { 'content-type': 'application/problem+json' } });
  const body = JSON.parse(answer.body ?? '');
  expect(body).toMatchObject({ status, code });
  checkCall('GET /health', { status, body, headers: answer.headers ?? {} });
  expect(answer.body).not.toContain('a detail');
});

test.each(cases)('a frame whose handling fails with %s is replied to, by its id', async (name, code) => {
  const handler = frameHandler(
    z.looseObject({ action: z.literal('edit') }),
    async () => {},
    () => Promise.reject(thrown(name)),
  );
  const authorizer = { userId: 'ann', familyId: 'one' };
  const requestContext = { requestId: 'r', connectionId: 'c', authorizer };
  const answer = await handler({ requestContext, body: '{"id":7,"action":"edit"}' }, context);
  const reply = typeof answer === 'object' && JSON.parse(answer.body ?? '');
  expect(reply).toMatchObject({ re: 7, error: { code } });
  checkReply({ action: 'edit' }, reply);
  expect(JSON.stringify(reply)).not.toContain('a detail');
});

test.each([
  ['TypeError', 1],
  ['ThrottlingException', undefined],
])('a %s that is answered counts %s times in the metric InternalErrors', async (name, count) => {
  const log = readLog();
  const handler = httpHandler({ 'GET /health': open({ allow: 'everyone' }, () => Promise.reject(thrown(name))) });
  await handler(
    { routeKey: 'GET /health', headers: {}, requestContext: { requestId: 'r' } } as APIGatewayProxyEventV2,
    context,
  );
  const counted = log.take().map((line) => line['InternalErrors']);
  log.stop();
  expect(counted.find((value) => value !== undefined)).toBe(count);
});
