import { describe, expect, test } from 'vitest';
import { stackOf, stageTemplate, templateOf } from './synth.ts';

const stages = ['dev', 'prod'] as const;

/** Attributes by which resources get the names that they have in the account. */
const physicalNames = [
  'BucketName',
  'FunctionName',
  'LogGroupName',
  'Name',
  'QueueName',
  'RoleName',
  'TableName',
  'TopicName',
] as const;

function namesOf(properties: object): string[] {
  return Object.entries(properties).flatMap(([key, value]) => {
    if (physicalNames.some((name) => name === key)) return [JSON.stringify(value)];
    return key.endsWith('Config') && typeof value === 'object' ? namesOf(value) : [];
  });
}

describe('a creation that failed can be repeated', () => {
  test.for(stages)('nothing of %s is kept when its creation is rolled back', (stage) => {
    const kept = stageTemplate(stage).all.filter(({ deletionPolicy }) => deletionPolicy === 'Retain');
    expect(kept).toEqual([]);
  });

  test.for(stages)('nothing that %s keeps has a fixed name, or is protected from being deleted', (stage) => {
    const { all } = stageTemplate(stage);
    const kept = all.filter(({ deletionPolicy }) => deletionPolicy === 'RetainExceptOnCreate');
    for (const { properties } of kept) {
      expect(namesOf(properties)).toEqual([]);
      expect(properties).not.toHaveProperty('DeletionProtectionEnabled', true);
    }
    // The CDK deletes a stack whose creation failed before it makes it again.
    expect(stackOf(stage).terminationProtection ?? false).toBe(false);
  });

  test.for(stages)('%s reserves no concurrency, of which new accounts have too little, unless asked to', (stage) => {
    const reserved = (context: object) =>
      templateOf(stackOf(stage, { ...context }))
        .ofType('AWS::Lambda::Function')
        .flatMap(({ properties }) => properties['ReservedConcurrentExecutions'] ?? []);
    expect(reserved({})).toEqual([]);
    expect(reserved({ accountsConcurrency: '100' })).toEqual([100]);
  });
});

describe('several stacks in one account', () => {
  const cloudFront = (stage: string) =>
    stageTemplate(stage).all.flatMap(({ type, properties }) =>
      type.startsWith('AWS::CloudFront::') ? namesOf(properties) : [],
    );

  test('of two stages have no name in common where names are global', () => {
    const [one, other] = [cloudFront('dev-ann'), cloudFront('dev-ben')];
    expect(one.length).toBeGreaterThan(4);
    expect(one.filter((name) => other.includes(name))).toEqual([]);
  });

  test('of two regions have no name in common where names are global', () => {
    for (const name of cloudFront('dev')) expect(name).toContain('{"Ref":"AWS::Region"}');
  });
});

describe('errors', () => {
  const statuses = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

  test.for(stageTemplate('prod').ofType('AWS::CloudFront::Distribution'))(
    'of one are kept for nobody by $id',
    ({ properties }) => {
      const { CustomErrorResponses } = Object(properties['DistributionConfig']);
      expect(CustomErrorResponses).toEqual(statuses.map((ErrorCode) => ({ ErrorCode, ErrorCachingMinTTL: 0 })));
    },
  );
});
