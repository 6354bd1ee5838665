import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetSecretValueCommand,
  type GetSecretValueCommandInput,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { handlers, startService } from '../../services/index.ts';
import { createResource } from '../helpers/resources.ts';
import { credentials, type TestWorld, testWorld } from '../helpers/world.ts';

let world: TestWorld;
let client: SecretsManagerClient;

const clientOf = async (within: TestWorld) =>
  new SecretsManagerClient({ endpoint: await within.endpoint('SECRETS_MANAGER'), region: 'us-east-1', credentials });

beforeAll(async () => {
  world = testWorld({ startService });
  client = await clientOf(world);
});

afterAll(async () => {
  client.destroy();
  await world[Symbol.asyncDispose]();
});

/** ARN of a secret of a template. */
const secret = async (properties: Readonly<Record<string, unknown>>, within = world, id?: string) =>
  String((await createResource(handlers, within, 'AWS::SecretsManager::Secret', properties, id)).ref);
const get = (SecretId: string, more: Partial<GetSecretValueCommandInput> = {}) =>
  client.send(new GetSecretValueCommand({ SecretId, ...more }));

test('a secret is found by name and by ARN', async () => {
  const arn = await secret({ Name: 'app/key', SecretString: 'v1' });
  expect(arn).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:app\/key-\w{6}$/);
  expect((await get(arn)).SecretString).toBe('v1');
  expect(await get('app/key')).toMatchObject({ ARN: arn, Name: 'app/key', VersionStages: ['AWSCURRENT'] });
});

test('a secret without a value has none until one is put', async () => {
  const arn = await secret({ Name: 'empty' });
  await expect(get(arn)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: 'now' }));
  expect((await get(arn)).SecretString).toBe('now');
});

test('a new value makes the one before AWSPREVIOUS, and the one before that goes', async () => {
  const arn = await secret({ Name: 'rotated', SecretString: '1' });
  for (const SecretString of ['2', '3']) await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString }));
  expect((await get(arn)).SecretString).toBe('3');
  expect((await get(arn, { VersionStage: 'AWSPREVIOUS' })).SecretString).toBe('2');
  const { VersionIdsToStages } = await client.send(new DescribeSecretCommand({ SecretId: arn }));
  expect(
    Object.values(VersionIdsToStages ?? {})
      .flat()
      .sort(),
  ).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
});

test('a pending version becomes current when the stage is moved to it', async () => {
  const arn = await secret({ Name: 'pending', SecretString: 'old' });
  const put = { SecretId: arn, SecretString: 'new', VersionStages: ['AWSPENDING'] };
  const { VersionId } = await client.send(new PutSecretValueCommand(put));
  expect((await get(arn)).SecretString).toBe('old');
  const move = { SecretId: arn, VersionStage: 'AWSCURRENT', MoveToVersionId: VersionId };
  await client.send(new UpdateSecretVersionStageCommand(move));
  expect(await get(arn, { VersionId })).toMatchObject({
    SecretString: 'new',
    VersionStages: ['AWSPENDING', 'AWSCURRENT'],
  });
  expect((await get(arn, { VersionStage: 'AWSPREVIOUS' })).SecretString).toBe('old');
});

test('the same token with the same value is one version, with another value an error', async () => {
  const arn = await secret({ Name: 'tokens', SecretString: '0' });
  const put = { SecretId: arn, SecretString: '1', ClientRequestToken: 'a'.repeat(32) };
  await client.send(new PutSecretValueCommand(put));
  await client.send(new PutSecretValueCommand(put));
  expect((await get(arn, { VersionStage: 'AWSPREVIOUS' })).SecretString).toBe('0');
  const other = client.send(new PutSecretValueCommand({ ...put, SecretString: '2' }));
  await expect(other).rejects.toMatchObject({ name: 'ResourceExistsException' });
});

test('binary values come back as they were', async () => {
  const arn = await secret({ Name: 'binary' });
  const SecretBinary = new Uint8Array([0, 255, 1]);
  await client.send(new UpdateSecretCommand({ SecretId: arn, SecretBinary }));
  expect((await get(arn)).SecretBinary).toEqual(SecretBinary);
});

test('a generated value follows its rules', async () => {
  const generated = {
    SecretStringTemplate: '{"user":"me"}',
    GenerateStringKey: 'password',
    PasswordLength: 20,
    ExcludePunctuation: true,
    ExcludeCharacters: '0O1l',
  };
  const arn = await secret({ Name: 'generated', GenerateSecretString: generated });
  const { user, password } = JSON.parse((await get(arn)).SecretString ?? '');
  expect(user).toBe('me');
  expect(password).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*[2-9])[a-km-zA-NP-Z2-9]{20}$/);
});

test('every kind of character that is not excluded is in a random password', async () => {
  const rules = { PasswordLength: 4, ExcludeNumbers: true, IncludeSpace: true };
  const { RandomPassword } = await client.send(new GetRandomPasswordCommand(rules));
  expect(
    [...(RandomPassword ?? '')]
      .map((c) =>
        c
          .replace(/[a-z]/, 'a')
          .replace(/[A-Z]/, 'A')
          .replace(/[!-/:-@[-`{-~]/, '!'),
      )
      .sort(),
  ).toEqual([' ', '!', 'A', 'a']);
});

test('values outlive a restart and are never generated again; only the owner may read the file', async () => {
  const before = testWorld({ startService });
  const arn = await secret({ GenerateSecretString: {} }, before);
  const value = (await (await clientOf(before)).send(new GetSecretValueCommand({ SecretId: arn }))).SecretString;
  await before.stop();
  const file = join(before.dataDir, 'secrets.json');
  expect((statSync(file).mode & 0o777).toString(8)).toBe('600');

  await using after = testWorld({ startService, dataDir: before.dataDir });
  expect(await secret({ GenerateSecretString: {} }, after)).toBe(arn);
  expect((await (await clientOf(after)).send(new GetSecretValueCommand({ SecretId: arn }))).SecretString).toBe(value);
});

test('a file of secrets that cannot be read is refused in one sentence', async () => {
  await using broken = testWorld({ startService });
  writeFileSync(join(broken.dataDir, 'secrets.json'), '{"cut');
  await expect(secret({}, broken)).rejects.toThrow("secrets.json can't be read");
});
