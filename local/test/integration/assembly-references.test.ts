import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveReferences } from '../../assembly/references.ts';
import { handlers, startService } from '../../services/index.ts';
import { StackError } from '../../types.ts';
import { type TestWorld, testWorld } from '../helpers/world.ts';

let world: TestWorld;
let arn: string;

beforeAll(async () => {
  world = testWorld({ startService });
  const type = 'AWS::SecretsManager::Secret';
  const properties = { Name: 'app/keys', SecretString: '{"user":"ann","deep":{"a":1}}' };
  const created = await handlers
    .find(({ types }) => types.includes(type))
    ?.create({ stack: 'S', logicalId: 'Keys', type, properties }, world);
  arn = created?.ref ?? '';
});

afterAll(() => world[Symbol.asyncDispose]());

// AWS: "Get a secret or secret value from Secrets Manager" (CloudFormation, dynamic references).
describe('a dynamic reference to a secret', () => {
  it('gives a key of it or the whole, wherever it stands in a property', async () => {
    const value = {
      list: [`user=\${x}-{{resolve:secretsmanager:${arn}:SecretString:user::}}!`],
      byName: '{{resolve:secretsmanager:app/keys:SecretString:user:AWSCURRENT}}',
      whole: `{{resolve:secretsmanager:${arn}}}`,
      twice: `{{resolve:secretsmanager:${arn}:SecretString:user}}+{{resolve:secretsmanager:${arn}:SecretString:user}}`,
      other: { number: 1, text: 'plain' },
    };
    expect(await resolveReferences(value, world)).toEqual({
      list: [`user=\${x}-ann!`],
      byName: 'ann',
      whole: '{"user":"ann","deep":{"a":1}}',
      twice: 'ann+ann',
      other: { number: 1, text: 'plain' },
    });
  });

  it.each([
    ['a key that it has not', () => `{{resolve:secretsmanager:${arn}:SecretString:nothing}}`],
    ['a secret that is not there', () => '{{resolve:secretsmanager:nobody:SecretString:user}}'],
    ['another service', () => '{{resolve:s3:/name}}'],
  ])('is refused with %s', async (_, text) => {
    await expect(resolveReferences(text(), world)).rejects.toBeInstanceOf(StackError);
  });
});
