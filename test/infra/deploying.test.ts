import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { stackOf, stageTemplate } from './synth.ts';

const stages = ['dev', 'prod'] as const;

/** Attributes by which resources get the names that they have in the account. */
const physicalNames = [
  'BackupVaultName',
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
    const text = JSON.stringify(value);
    // A name with the id of the stack, which is new with each creation, is not fixed.
    if (physicalNames.some((name) => name === key)) return text.includes('AWS::StackId') ? [] : [text];
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
      stageTemplate(stage, { ...context })
        .ofType('AWS::Lambda::Function')
        .flatMap(({ properties }) => properties['ReservedConcurrentExecutions'] ?? []);
    expect(reserved({})).toEqual([]);
    expect(reserved({ accountsConcurrency: '100' })).toEqual([100]);
  });
});

describe('dev leaves nothing behind when it is destroyed', () => {
  const { all, ofType, withId } = stageTemplate('dev');
  const holdsData =
    /^AWS::(Logs::LogGroup|S3::Bucket|DynamoDB::Table|SecretsManager::Secret|Backup::BackupVault|KMS::Key)$/;

  test.for(all.filter(({ type }) => holdsData.test(type)))('$id is deleted', ({ deletionPolicy }) => {
    expect(deletionPolicy).toBe('Delete');
  });

  test('nothing is kept', () => {
    for (const { id, deletionPolicy } of all) expect(deletionPolicy ?? 'Delete', id).toBe('Delete');
  });

  test.for(ofType('AWS::Lambda::Function'))(
    '$id logs into a group of the stack, and can make none',
    ({ properties }) => {
      expect(withId(properties['LoggingConfig']?.LogGroup.Ref).type).toBe('AWS::Logs::LogGroup');
      const roleId = properties['Role']['Fn::GetAtt'][0];
      const policies = ofType('AWS::IAM::Policy').filter(({ properties: { Roles } }) =>
        JSON.stringify(Roles).includes(roleId),
      );
      const text = JSON.stringify([withId(roleId).properties, policies]);
      expect(text).toContain('logs:PutLogEvents');
      expect(text).not.toMatch(/logs:CreateLogGroup|logs:\*|AWSLambdaBasicExecutionRole/);
    },
  );
});

describe('settings of a stage', () => {
  const logged = (stage: string) =>
    stageTemplate(stage)
      .ofType('AWS::ApiGatewayV2::Stage')
      .filter(({ properties }) => properties['AccessLogSettings'])
      .map(({ properties }) => properties['StageName']);

  test('have requests logged in prod, without paths, and not in dev', () => {
    expect(logged('dev')).toEqual([]);
    expect(logged('prod')).toEqual(['api']);
    const [stage] = stageTemplate('prod')
      .ofType('AWS::ApiGatewayV2::Stage')
      .filter(({ properties }) => properties['AccessLogSettings']);
    expect(stage?.properties['AccessLogSettings'].Format).not.toMatch(/path|querystring|authorizer/i);
  });

  test('have every table of prod copied each week that cannot be made anew, and none of dev', () => {
    const { ofType } = stageTemplate('prod');
    expect(stageTemplate('dev').all.filter(({ type }) => type.startsWith('AWS::Backup::'))).toEqual([]);
    const [plan] = ofType('AWS::Backup::BackupPlan');
    expect(plan?.properties['BackupPlan'].BackupPlanRule).toMatchObject([
      { ScheduleExpression: 'cron(0 3 ? * SUN *)', Lifecycle: { DeleteAfterDays: 90 } },
    ]);
    const [selection] = ofType('AWS::Backup::BackupSelection');
    const copied = JSON.stringify(selection?.properties['BackupSelection'].Resources);
    for (const { id } of ofType('AWS::DynamoDB::Table'))
      expect(copied.includes(`"${id}"`)).toBe(!id.includes('PresenceSubscriptions'));
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

describe('the table of docs/deploying.md has what a stack has', () => {
  const rows = readFileSync('docs/deploying.md', 'utf8').split('\n');
  const types: Readonly<Record<string, RegExp>> = {
    resources: /./,
    functions: /^AWS::Lambda::Function$/,
    queues: /^AWS::SQS::Queue$/,
    tables: /^AWS::DynamoDB::Table$/,
    buckets: /^AWS::S3::Bucket$/,
    'CloudFront distributions': /^AWS::CloudFront::Distribution$/,
    APIs: /^AWS::ApiGatewayV2::Api$/,
    secrets: /^AWS::SecretsManager::Secret$/,
    dashboards: /^AWS::CloudWatch::Dashboard$/,
  };

  test.for(Object.entries(types))('%s', ([what, type]) => {
    const cells = rows.find((row) => row.startsWith(`| ${what}`))?.split('|') ?? [];
    for (const [stage, cell = ''] of [
      ['dev', cells[2]],
      ['prod', cells[3]],
    ] as const) {
      const count = stageTemplate(stage).all.filter((resource) => type.test(resource.type)).length;
      const told = Number(/\d+/.exec(cell)?.[0]);
      // What grows often is told roughly.
      const tolerance = cell.includes('about') ? told * 0.2 : 0;
      expect(Math.abs(count - told), `${stage} has ${count}`).toBeLessThanOrEqual(tolerance);
    }
  });
});
