import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { pascalCase } from '#lib/names.ts';
import { stageTemplate } from './synth.ts';

const strings = z.pipe(
  z.union([z.string(), z.array(z.string())]),
  z.transform((value) => [value].flat()),
);
const Statement = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Action: strings,
  Resource: z.optional(z.unknown()),
  Principal: z.optional(z.unknown()),
});
const Document = z.object({ Statement: z.array(Statement) });

const { ofType } = stageTemplate('prod', {
  mailFrom: 'storm@chat.example',
  brake: 'true',
  alertWebhooksArn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:storm-webhooks-AbCdEf',
});
const identityPolicies = ofType('AWS::IAM::Policy').map(({ id, properties }) => ({
  id,
  statements: Document.parse(properties['PolicyDocument']).Statement,
}));
const resourcePolicies = ['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy'].flatMap((type) =>
  ofType(type).map(({ id, properties }) => ({
    id,
    statements: Document.parse(properties['PolicyDocument']).Statement,
  })),
);

/** All resources with a `*` in the policies of functions and deployments. */
const reasonsForWildcards = [
  { part: '/ws/POST/@connections/*', reason: 'any socket of this API' },
  { part: '/ws/DELETE/@connections/*', reason: 'any socket of this API' },
  { part: 'AWS::Region}"},"/*', reason: 'what CDK uploaded for this deploy' },
  { part: ':identity/*', reason: 'the sender, by the condition; in the sandbox also the recipient' },
  { part: '{"Fn::GetAtt":["SiteBucket978D4AEB","Arn"]},"/*', reason: 'any file of the page' },
  { part: '{"Fn::GetAtt":["MediaBucketE52FC6E4","Arn"]},"/uploads/*', reason: 'any upload' },
  {
    part: '{"Fn::GetAtt":["MediaBucketE52FC6E4","Arn"]},"/uploaded-thumbnails/*',
    reason: 'the thumbnail of any upload',
  },
  { part: '{"Fn::GetAtt":["MediaBucketE52FC6E4","Arn"]},"/media/*', reason: 'any file that was looked at' },
  { part: '{"Fn::GetAtt":["MediaBucketE52FC6E4","Arn"]},"/avatars/*', reason: 'any avatar' },
  { part: '{"Fn::GetAtt":["JournalBucket5A21B06D","Arn"]},"/*', reason: 'any entry of the journal' },
  { part: ':secret:PushKeySecret*', reason: 'the former secret of this stage, by the condition' },
  { part: ':secret:MediaSiteSecret*', reason: 'the former secret of this stage, by the condition' },
  { part: ',"Arn"]},"/backup/*"', reason: 'any copy of one table' },
];

describe('least privilege', () => {
  test('no statement allows an action with a wildcard', () => {
    const wild = [...identityPolicies, ...resourcePolicies].flatMap(({ id, statements }) =>
      statements
        .filter(({ Effect }) => Effect === 'Allow')
        .flatMap(({ Action }) => Action.filter((action) => action.includes('*')).map((action) => `${id}: ${action}`)),
    );
    expect(wild).toEqual([]);
  });

  test('a wildcard in a resource has a listed reason', () => {
    const unexplained = identityPolicies.flatMap(({ id, statements }) =>
      statements
        // These can only be allowed for all streams and all alarms.
        .filter(({ Action }) => !['dynamodb:ListStreams', 'cloudwatch:DescribeAlarms'].includes(Action.join()))
        .flatMap(({ Resource }) => [Resource].flat())
        .map((resource) => JSON.stringify(resource))
        .filter((resource) => resource.includes('*'))
        .filter((resource) => !reasonsForWildcards.some(({ part }) => resource.includes(part)))
        .map((resource) => `${id}: ${resource}`),
    );
    expect(unexplained).toEqual([]);
  });

  test('only CloudFront, CloudWatch, S3 and SNS are let in from outside the account’s roles', () => {
    const allowed = resourcePolicies
      .flatMap(({ statements }) => statements)
      .filter(({ Effect }) => Effect === 'Allow')
      .map(({ Principal, Action }) => ({ Principal, Action }));
    const services = ['cloudfront', 'cloudfront', 's3', 'sns', 'sns', 'cloudwatch', 'cloudwatch'].map(
      (name) => `${name}.amazonaws.com`,
    );
    expect(allowed.map(({ Principal }) => Object(Principal).Service)).toEqual(services);
    expect(allowed.map(({ Action }) => Action)).toEqual([
      ['s3:GetObject'],
      ['s3:GetObject'],
      ['sqs:SendMessage'],
      ['sqs:SendMessage'],
      ['sqs:SendMessage'],
      ['sns:Publish'],
      ['sns:Publish'],
    ]);
  });

  test('no role has a managed policy or an inline one besides its own', () => {
    for (const { properties } of ofType('AWS::IAM::Role'))
      expect(
        Object.keys(properties).filter((key) => key.includes('Polic') && key !== 'AssumeRolePolicyDocument'),
      ).toEqual([]);
  });

  test('the probe may write its own rows only, and of a message the time when it lapses', () => {
    const probe = ofType('AWS::IAM::Policy').find(({ id }) => id.startsWith('ProbeRole'));
    const statements = z
      .array(z.object({ Action: strings, Condition: z.optional(z.unknown()) }))
      .parse(probe?.properties['PolicyDocument'].Statement)
      .filter(({ Action }) => Action.some((action) => action.startsWith('dynamodb:')));
    const own = { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [expect.anything()] } };
    const ofMessage = {
      'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['pk', 'sk', 'expiresAt'] },
      StringEqualsIfExists: { 'dynamodb:ReturnValues': 'NONE' },
    };
    expect(statements).toEqual([
      { Action: ['dynamodb:PutItem'], Condition: own },
      { Action: ['dynamodb:PutItem'], Condition: own },
      { Action: ['dynamodb:UpdateItem'], Condition: ofMessage },
    ]);
  });

  const readersOf = (resource: string, action: string) =>
    identityPolicies
      .filter(({ statements }) =>
        statements.some(
          ({ Action, Resource }) => Action.includes(action) && JSON.stringify(Resource).includes(resource),
        ),
      )
      .map(({ id }) => id.replace(/RoleDefaultPolicy.*/, ''))
      .toSorted();

  test.for([
    ['push-key', ['Push', 'PushKeySecretGenerator']],
    ['media-key', ['Media', 'MediaSiteSecretGenerator']],
  ] as const)(
    'the parameter with the %s is read by the function that needs it and its generator only',
    ([key, ids]) => {
      expect(readersOf(`/${key}"`, 'ssm:GetParameter')).toEqual(ids);
      expect(readersOf(`/${key}"`, 'ssm:PutParameter')).toEqual(ids.slice(1));
      expect(readersOf('', 'ssm:GetParameter').length).toBe(4);
    },
  );

  test('a secret is read by the functions that need it only', () => {
    expect(readersOf('', 'secretsmanager:GetSecretValue')).toEqual([
      'Accounts',
      'AuthSecretGenerator',
      'MediaSiteSecretGenerator',
      'Notify',
      'Probe',
      'PushKeySecretGenerator',
      'Security',
    ]);
  });
});

test('the table of functions and tables in architecture.md is what the policies say', () => {
  const rows = readFileSync('docs/architecture.md', 'utf8')
    .split('\n')
    .map((line) => line.split('|').slice(1, -1));
  const [, ...tables] = rows.find(([head]) => head?.trim() === 'functions') ?? expect.unreachable('no such table');
  const told = rows
    .filter((cells) => cells.length === tables.length + 1 && cells[0]?.startsWith(' `'))
    .flatMap(([names = '', ...cells]) =>
      [...names.matchAll(/`([a-z-]+)`/g)].map(([, name = '']) => [
        name,
        tables.filter((_, i) => cells[i]?.includes('✓')).map((table) => table.trim()),
      ]),
    );
  expect(told.length).toBeGreaterThan(20);

  const allowed = told.map(([name]) => {
    const policy = identityPolicies.find(({ id }) => id.startsWith(`${pascalCase(String(name))}RoleDefaultPolicy`));
    const resources = (policy?.statements ?? [])
      .filter(({ Action }) => Action.some((action) => /^dynamodb:(?!.*(Stream|Shard|GetRecords))/.test(action)))
      .map(({ Resource }) => JSON.stringify(Resource));
    return [
      name,
      tables.map((table) => table.trim()).filter((table) => resources.some((one) => one.includes(`"Tables${table}`))),
    ];
  });
  expect(told).toEqual(allowed);
});
