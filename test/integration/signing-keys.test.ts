import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAuthSecret } from '#adapters/secrets/auth.ts';
import { secrets, startSecretsManager } from '#local/services/secrets/index.ts';
import { testWorld } from '#local/test/helpers/world.ts';

const world = testWorld({
  startService: async (_, of) => {
    const service = await startSecretsManager(of);
    of.whenStopping(() => service.stop());
    return service.endpoint;
  },
});
let arn: string;

beforeAll(async () => {
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: await world.endpoint('SECRETS_MANAGER'),
  });
  const resource = { stack: 'test', logicalId: 'Secret', type: 'AWS::SecretsManager::Secret', properties: {} };
  arn = (await secrets.create(resource, world)).ref;
});
afterAll(() => world[Symbol.asyncDispose]());

/** Sends a request as CloudFormation does, and waits for the answer at its response URL. */
async function deploy(SecretArn: string, Rotation: number) {
  const { handler } = await import('#lambdas/signing-keys/handler.ts');
  const answered = Promise.withResolvers<{ request: IncomingMessage; body: unknown }>();
  await using stop = new AsyncDisposableStack();
  const server = createServer(async (request, response) => {
    answered.resolve({ request, body: await json(request) });
    response.end();
  }).listen(0, '127.0.0.1');
  stop.defer(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const event: CloudFormationCustomResourceEvent = {
    RequestType: 'Create',
    RequestId: crypto.randomUUID(),
    ResponseURL: `http://127.0.0.1:${port}/response?signature=x`,
    ServiceToken: 'arn:signing-keys',
    StackId: 'stack',
    LogicalResourceId: 'Keys',
    ResourceType: 'Custom::SigningKeys',
    ResourceProperties: { ServiceToken: 'arn:signing-keys', SecretArn, Rotation: String(Rotation) },
  };
  await handler(event);
  const { request, body } = await answered.promise;
  return { event, request, body };
}

test('an empty secret is filled, and CloudFormation gets the public keys', async () => {
  const { event, request, body } = await deploy(arn, 1);
  const { current } = (await createAuthSecret(arn)()).keys;
  const { StackId, RequestId, LogicalResourceId } = event;
  expect(body).toMatchObject({
    Status: 'SUCCESS',
    StackId,
    RequestId,
    LogicalResourceId,
    PhysicalResourceId: 'signing-keys',
  });
  expect(body).toMatchObject({ Data: { Jwks: expect.stringContaining(current.kid) } });
  expect(JSON.stringify(body)).not.toContain(current.d);
  expect(request.method).toBe('PUT');
  // The signature of the response URL covers an absent content type.
  expect(request.headers['content-type']).toBeUndefined();
});

test('a secret whose text is empty counts as one that was not written yet', async () => {
  const properties = { SecretString: '' };
  const resource = { stack: 'test', logicalId: 'Empty', type: 'AWS::SecretsManager::Secret', properties };
  const { ref } = await secrets.create(resource, world);
  expect((await deploy(ref, 1)).body).toMatchObject({ Status: 'SUCCESS' });
  expect((await createAuthSecret(ref)()).pepper).not.toBe('');
});

test('the next deploy finds it filled, and rotates it for a new number', async () => {
  const { keys } = await createAuthSecret(arn)();
  await deploy(arn, 1);
  expect((await createAuthSecret(arn)()).keys).toEqual(keys);
  await deploy(arn, 2);
  expect((await createAuthSecret(arn)()).keys.current).not.toEqual(keys.current);
});

test('what goes wrong is told to CloudFormation, not left to its timeout', async () => {
  const { body } = await deploy('arn:aws:secretsmanager:us-east-1:000000000000:secret:unknown', 1);
  expect(body).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('ResourceNotFound') });
});
