import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKeyText } from '#adapters/secrets/key-text.ts';
import { parameterStore } from '#adapters/secrets/parameters.ts';
import type { HttpService } from '#local/services/http-service.ts';
import { serveJsonApi } from '#local/services/json-api.ts';
import { parameterOperations } from '#local/services/ssm/operations.ts';
import { ParameterStore } from '#local/services/ssm/store.ts';
import { access } from '#local/test/helpers/world.ts';

let folder: string;
let server: HttpService;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parameters-'));
  const store = new ParameterStore(join(folder, 'parameters.json'));
  server = await serveJsonApi('SSM', parameterOperations(store, 'arn:', String), access);
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_SSM: server.endpoint,
  });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

test('a parameter is created once, read, and removed', async () => {
  const store = parameterStore();
  expect(await store.read('/a/key')).toBeUndefined();
  expect(await store.create('/a/key', 'first')).toBe(true);
  expect(await store.create('/a/key', 'second')).toBe(false);
  expect(await store.read('/a/key')).toBe('first');
  await store.remove('/a/key');
  await store.remove('/a/key');
  expect(await store.read('/a/key')).toBeUndefined();
});

test('a key that is not there yet is an error, and is read again by the next who asks', async () => {
  const key = createKeyText('/b/key');
  await expect(key()).rejects.toThrow('There is no parameter /b/key');
  await parameterStore().create('/b/key', 'text');
  expect(await key()).toBe('text');
  await parameterStore().remove('/b/key');
  expect(await key()).toBe('text');
});
