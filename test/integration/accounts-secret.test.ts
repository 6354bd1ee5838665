import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createAuthSecret } from '#adapters/secrets/auth.ts';
import { FaultTable } from '#local/faults/table.ts';
import { callService } from '#local/services/call.ts';
import { serveJsonApi } from '#local/services/json-api.ts';
import { secretsManager } from '#local/services/secrets/manager.ts';
import { access, callerOf } from '#local/test/helpers/world.ts';
import { signingKey } from '#test/helpers/accounts.ts';

let folder: string;
let server: Awaited<ReturnType<typeof serveJsonApi>>;
const faults = new FaultTable();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secret-'));
  const operations = secretsManager(join(folder, 'secrets.json'), 'arn:');
  server = await serveJsonApi('SECRETS_MANAGER', operations, { ...access, faults });
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', server.endpoint)
    .stubEnv('AWS_REGION', 'us-east-1')
    .stubEnv('AWS_ACCESS_KEY_ID', 'local')
    .stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.stop();
  await rm(folder, { recursive: true });
});

async function secretOf(kid: string): Promise<string> {
  const { secret } = await signingKey(kid);
  return JSON.stringify({ keys: { current: secret, next: secret }, pepper: 'cGVwcGVy', edge: 'edge' });
}

test('the secret is read once, and again after five minutes, when a rotated key must be in use', async () => {
  let now = 0;
  const read = createAuthSecret('rotated', () => now);
  const currentKey = async () => (await read()).keys.current.kid;
  await callService(callerOf(server.endpoint), 'secretsmanager.CreateSecret', {
    Name: 'rotated',
    SecretString: await secretOf('one'),
  });
  expect(await Promise.all([currentKey(), currentKey()])).toEqual(['one', 'one']);
  await callService(callerOf(server.endpoint), 'secretsmanager.PutSecretValue', {
    SecretId: 'rotated',
    SecretString: await secretOf('two'),
  });
  now = 4 * 60_000;
  expect(await currentKey()).toBe('one');
  now = 6 * 60_000;
  expect(await currentKey()).toBe('two');
});

test('a failure to read it is not kept', async () => {
  await callService(callerOf(server.endpoint), 'secretsmanager.CreateSecret', {
    Name: 'late',
    SecretString: await secretOf('a'),
  });
  const read = createAuthSecret('late');
  faults.add({ target: 'SECRETS_MANAGER', kind: 'down' });
  await expect(read()).rejects.toThrow();
  faults.clear();
  expect((await read()).edge).toBe('edge');
});
