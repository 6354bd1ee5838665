import { describe, expect, test } from 'vitest';
import { stageTemplate } from './synth.ts';

const prod = stageTemplate('prod');
const dev = stageTemplate('dev');

describe('tables', () => {
  test('there are five, keyed as the adapters write them', () => {
    const tables = prod.ofType('AWS::DynamoDB::Table').map(({ properties }) => ({
      keys: properties['KeySchema'].map((key: { AttributeName: string }) => key.AttributeName),
      ttl: properties['TimeToLiveSpecification']?.AttributeName,
    }));
    expect(tables).toEqual([
      { keys: ['userId'], ttl: undefined },
      { keys: ['pk', 'sk'], ttl: 'expiresAt' },
      { keys: ['pk', 'sk'], ttl: 'expiresAt' },
      { keys: ['userId', 'connectionId'], ttl: 'expiresAt' },
      { keys: ['pk', 'sk'], ttl: 'expiresAt' },
    ]);
  });

  test.for(prod.ofType('AWS::DynamoDB::Table'))(
    '$id is on-demand and can be restored to any second',
    ({ properties }) => {
      // Without an SSESpecification DynamoDB encrypts with a key that it owns ("DynamoDB encryption at rest").
      expect(properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      });
    },
  );
});

describe('stages', () => {
  const stateful = ['AWS::DynamoDB::Table', 'AWS::SecretsManager::Secret', 'AWS::Logs::LogGroup'];

  test.for(stateful)('prod keeps each %s, dev throws it away', (type) => {
    for (const { deletionPolicy } of prod.ofType(type)) expect(deletionPolicy).toBe('RetainExceptOnCreate');
    for (const { deletionPolicy } of dev.ofType(type)) expect(deletionPolicy).toBe('Delete');
  });
});

describe('secrets', () => {
  const text = JSON.stringify(prod.json);

  test('CloudFormation neither knows nor makes the value of the secret', () => {
    for (const { properties } of prod.ofType('AWS::SecretsManager::Secret')) {
      expect(properties).not.toHaveProperty('SecretString');
      expect(properties).not.toHaveProperty('GenerateSecretString');
    }
  });

  test('only the proof of CloudFront is resolved from it, in the distribution, once it is there', () => {
    expect(text.match(/\{\{resolve:/g)).toHaveLength(1);
    const distribution = prod
      .ofType('AWS::CloudFront::Distribution')
      .find(({ properties }) => Object(properties['DistributionConfig']).DefaultRootObject);
    expect(JSON.stringify(distribution?.properties)).toContain(':SecretString:edge::}}');
    const keys = prod.ofType('Custom::SigningKeys').map(({ id }) => id);
    expect(distribution?.dependsOn).toEqual(expect.arrayContaining(keys));
  });

  test('no environment has a secret in it', () => {
    for (const { properties } of prod.ofType('AWS::Lambda::Function'))
      expect(JSON.stringify(properties['Environment'])).not.toMatch(/resolve|"[A-Za-z0-9+/_-]{40,}"/);
  });
});
