import { expect, test } from 'vitest';
import { type Account, type Ask, describeAccount } from '#bin/leftovers/account.ts';
import { leftoversOf } from '#bin/leftovers/leftovers.ts';

const now = Date.parse('2026-11-28T12:00:00Z');
const day = 24 * 3_600_000;
const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:123456789012:${resource}`;

/** A stage in which nothing is left over. */
const tidy: Account = {
  stack: [
    'storm-prod-TablesUsers1',
    'storm-prod-MessageLog1-abc',
    'https://sqs.us-east-1.amazonaws.com/123456789012/storm-prod-Mails1',
    arn('secretsmanager', 'secret:AuthSecret1-AbCdEf'),
    'ws',
  ],
  tablesInUse: ['storm-prod-TablesUsers1'],
  tables: ['storm-prod-TablesUsers1'],
  tagged: [
    arn('dynamodb', 'table/storm-prod-TablesUsers1'),
    arn('logs', 'log-group:storm-prod-MessageLog1-abc'),
    arn('sqs', 'storm-prod-Mails1'),
    arn('secretsmanager', 'secret:AuthSecret1-AbCdEf'),
    'arn:aws:apigateway:us-east-1::/apis/a1b2/stages/ws',
    arn('backup', 'recovery-point:0f1e'),
  ],
  copies: [{ arn: arn('dynamodb', 'table/storm-prod-TablesUsers1/backup/1'), of: 'storm-prod-TablesUsers1' }],
  uploads: [{ bucket: 'media', key: 'uploads/1', begun: now - day }],
  blindAlarms: [{ name: 'storm-prod-HttpSlow', since: now - 6 * day }],
  secrets: [{ name: 'AuthSecret1', lastRead: now - 2 * day }],
  oldAssetBytes: 1_000,
};

test('nothing is left over where all is used', () => expect(leftoversOf(tidy, now)).toEqual([]));

test.for<[string, Partial<Account>, RegExp, RegExp]>([
  [
    'the table that a restore has replaced',
    { tables: ['storm-prod-TablesUsers1', 'storm-prod-20261128-Users'], tablesInUse: ['storm-prod-20261128-Users'] },
    /table storm-prod-TablesUsers1$/,
    /A restore has put another one/,
  ],
  [
    'the table of a restore that was not used',
    { tables: ['storm-prod-TablesUsers1', 'storm-prod-20261128-Users'] },
    /table storm-prod-20261128-Users$/,
    /No stack uses it/,
  ],
  [
    'the log group of a function that is gone',
    { tagged: [arn('logs', 'log-group:storm-prod-OldLog1-xyz')] },
    /OldLog1-xyz$/,
    /belongs to no stack/,
  ],
  ['a queue that a deploy replaced', { tagged: [arn('sqs', 'storm-prod-Mails2')] }, /storm-prod-Mails2$/, /no stack/],
  [
    'a copy of a table that is gone',
    { copies: [{ arn: 'arn:copy', of: 'storm-prod-Gone' }] },
    /copy arn:copy$/,
    /storm-prod-Gone is gone/,
  ],
  [
    'an upload that nobody finished',
    { uploads: [{ bucket: 'media', key: 'uploads/1', begun: now - 4 * day }] },
    /uploads\/1 in media/,
    /more than 3 days/,
  ],
  [
    'an alarm that has been blind for a week',
    { blindAlarms: [{ name: 'storm-prod-HttpSlow', since: now - 8 * day }] },
    /alarm storm-prod-HttpSlow/,
    /no data for 7 days/,
  ],
  ['a secret without a reader', { secrets: [{ name: 'PushKey', lastRead: now - 31 * day }] }, /PushKey/, /30 days/],
  ['gigabytes of former deployments', { oldAssetBytes: 3 * 2 ** 30 }, /^3 GB/, /older than 90 days/],
])('%s is named', ([, change, what, why]) => {
  const found = leftoversOf({ ...tidy, ...change }, now);
  expect(found).toHaveLength(1);
  expect(found[0]?.what).toMatch(what);
  expect(found[0]?.why).toMatch(why);
});

test('of a stack that was deleted all that it kept is named', () => {
  const { tagged } = tidy;
  const kept = leftoversOf({ ...tidy, stack: undefined, tablesInUse: [], copies: [], tagged }, now);
  expect(kept.map(({ what }) => what)).toEqual([
    'the table storm-prod-TablesUsers1',
    ...tagged.filter((one) => !one.includes(':table/') && !one.includes('recovery-point')),
  ]);
});

/** Answers as the command line of AWS does. What isn't here was never asked for. */
const answers: Readonly<Record<string, unknown>> = {
  'cloudformation list-stack-resources --stack-name storm-prod': {
    StackResourceSummaries: [
      { PhysicalResourceId: 'storm-prod-TablesUsers1', ResourceType: 'AWS::DynamoDB::Table' },
      { PhysicalResourceId: 'media', ResourceType: 'AWS::S3::Bucket' },
      { PhysicalResourceId: 'storm-prod-0f1e', ResourceType: 'AWS::Backup::BackupVault' },
      { PhysicalResourceId: arn('secretsmanager', 'secret:A'), ResourceType: 'AWS::SecretsManager::Secret' },
    ],
  },
  'cloudformation describe-stacks --stack-name storm-prod': {
    Stacks: [{ Outputs: [{ OutputKey: 'Recovery', OutputValue: '{"tables":{"Users":"storm-prod-2026-Users"}}' }] }],
  },
  'cloudformation describe-stacks --stack-name CDKToolkit': {
    Stacks: [{ Outputs: [{ OutputKey: 'BucketName', OutputValue: 'assets' }] }],
  },
  'dynamodb list-tables': {
    TableNames: ['another', 'storm-prod-TablesUsers1', 'storm-prod-2026-Users', 'storm-product'],
  },
  'resourcegroupstaggingapi get-resources --tag-filters Key=app,Values=storm Key=stage,Values=prod': {
    ResourceTagMappingList: [{ ResourceARN: 'arn:one', Tags: [] }],
  },
  'cloudwatch describe-alarms --alarm-name-prefix storm-prod- --state-value INSUFFICIENT_DATA': {
    MetricAlarms: [{ AlarmName: 'storm-prod-Errors', StateUpdatedTimestamp: '2026-11-01T00:00:00.000Z' }],
  },
  'backup list-recovery-points-by-backup-vault --backup-vault-name storm-prod-0f1e': {
    RecoveryPoints: [{ RecoveryPointArn: 'arn:copy', ResourceArn: arn('dynamodb', 'table/storm-prod-TablesUsers1') }],
  },
  's3api list-multipart-uploads --bucket media': { Uploads: [{ Key: 'a', Initiated: '2026-11-27T00:00:00Z' }] },
  [`secretsmanager describe-secret --secret-id ${arn('secretsmanager', 'secret:A')}`]: {
    Name: 'A',
    CreatedDate: 1_795_000_000,
  },
  's3api list-objects-v2 --bucket assets': {
    Contents: [
      { Size: 5, LastModified: '2026-01-01T00:00:00Z' },
      { Size: 7, LastModified: '2026-11-27T00:00:00Z' },
    ],
  },
};
const ask: Ask = async (...args) => {
  const answer = answers[args.join(' ')];
  if (answer === undefined) throw new Error(`Stack with id ${args.at(-1)} does not exist`);
  return answer;
};

test('an account is described by what the command line of AWS says of it', async () => {
  expect(await describeAccount(ask, 'prod', now)).toEqual({
    stack: ['storm-prod-TablesUsers1', 'media', 'storm-prod-0f1e', arn('secretsmanager', 'secret:A')],
    tablesInUse: ['storm-prod-2026-Users'],
    tables: ['storm-prod-TablesUsers1', 'storm-prod-2026-Users'],
    tagged: ['arn:one'],
    copies: [{ arn: 'arn:copy', of: 'storm-prod-TablesUsers1' }],
    uploads: [{ bucket: 'media', key: 'a', begun: Date.parse('2026-11-27T00:00:00Z') }],
    blindAlarms: [{ name: 'storm-prod-Errors', since: Date.parse('2026-11-01T00:00:00Z') }],
    secrets: [{ name: 'A', lastRead: 1_795_000_000_000 }],
    oldAssetBytes: 5,
  });
});

test('without its stack nothing of it is in use', async () => {
  const gone: Ask = async (...args) => {
    if (args[0] === 'cloudformation') throw new Error(`Stack with id ${args.at(-1)} does not exist`);
    return ask(...args);
  };
  expect(await describeAccount(gone, 'prod', now)).toMatchObject({ stack: undefined, tablesInUse: [], secrets: [] });
});
