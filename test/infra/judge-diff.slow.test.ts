import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commentOn, judge } from '#bin/delivery/judge.ts';
import { projectRoot } from '#lib/handlers.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'diff-'));
afterAll(() => rmSync(folder, { recursive: true }));

const key = {
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
};
const table = (properties: object = {}, more: object = {}) => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: { ...key, ...properties },
  ...more,
});
const bucket = (properties: object) => ({ Type: 'AWS::S3::Bucket', Properties: properties });
const version = { Type: 'AWS::Lambda::Version', Properties: { FunctionName: 'f' } };
const role = (properties: object) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
    ...properties,
  },
});
const policy = (...Action: string[]) => ({
  Type: 'AWS::IAM::Policy',
  Properties: {
    PolicyName: 'p',
    Roles: [{ Ref: 'Role' }],
    PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource: 'arn:aws:dynamodb:::table/t' }] },
  },
});

const before = {
  Gone: table(),
  Orphan: table({}, { DeletionPolicy: 'Retain' }),
  Renamed: table({ TableName: 'a' }),
  Tagged: bucket({}),
  Version1: version,
  Role: role({}),
  Policy: policy('dynamodb:GetItem', 'dynamodb:Query'),
};

/** What the command line of the CDK says when the first template is deployed and the second one is next. */
function diff(from: object, to: object): string {
  const properties = { templateFile: 'x.json', validateOnSynth: false };
  const artifacts = {
    x: { type: 'aws:cloudformation:stack', environment: 'aws://unknown-account/unknown-region', properties },
  };
  writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify({ version: '48.0.0', artifacts }));
  writeFileSync(path.join(folder, 'x.json'), JSON.stringify({ Resources: to }));
  writeFileSync(path.join(folder, 'deployed.json'), JSON.stringify({ Resources: from }));
  const args = ['diff', 'x', '--app', folder, '--template', path.join(folder, 'deployed.json'), '--no-color'];
  const { stdout, stderr } = spawnSync(path.join(projectRoot, 'node_modules/.bin/cdk'), args, { encoding: 'utf8' });
  return stdout + stderr;
}

describe('what the CDK says of a change', () => {
  let text: string;
  beforeAll(() => {
    text = diff(before, {
      Renamed: table({ TableName: 'b' }),
      Tagged: bucket({ Tags: [{ Key: 'a', Value: 'b' }] }),
      Version2: version,
      Role: role({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }),
      Policy: policy('dynamodb:GetItem', 'dynamodb:DeleteItem'),
      Open: {
        Type: 'AWS::Lambda::Permission',
        Properties: { FunctionName: 'f', Action: 'lambda:InvokeFunction', Principal: '*' },
      },
    });
  });

  test('is destructive where data goes, and not where a version of code does', () => {
    const found = judge(text).flatMap(({ kind, text }) => (kind === 'destructive' ? text : []));
    expect(found).toEqual([
      'AWS::DynamoDB::Table Gone: destroy',
      'AWS::DynamoDB::Table Orphan: orphan',
      'AWS::DynamoDB::Table Renamed: replace',
    ]);
  });

  test('is broadening where something is allowed that was not', () => {
    const found = judge(text).flatMap(({ kind, text }) => (kind === 'broadening' ? text : []));
    expect(found).toEqual([
      expect.stringMatching(/^IAM Statement: .*Allow, dynamodb:DeleteItem/),
      expect.stringMatching(/^IAM Statement: f, Allow, lambda:InvokeFunction, \*/),
      expect.stringMatching(/^IAM Policy: .*Role.*policy\/AdministratorAccess$/),
    ]);
  });

  test('is said in one comment that GitHub takes, with the labels that are missing', () => {
    const long = text + 'x'.repeat(100_000);
    const comment = commentOn(
      [
        { stage: 'dev', text: long },
        { stage: 'prod', text: long },
      ],
      ['broadening'],
    );
    expect(comment.length).toBeLessThan(65_536);
    expect(comment).toContain('Whoever agrees to this adds the label `destructive`.');
    expect(commentOn([{ stage: 'dev', text }], ['broadening', 'destructive'])).not.toContain('Whoever agrees');
  });

  test('fails the job without the labels, and not with them', () => {
    const file = path.join(folder, 'diff.txt');
    writeFileSync(file, text);
    const run = (labels: string[]) =>
      execFileSync(process.execPath, ['bin/judge-diff.ts', `dev=${file}`], {
        cwd: projectRoot,
        stdio: 'pipe',
        env: { ...process.env, LABELS: JSON.stringify(labels) },
      });
    expect(() => run(['broadening'])).toThrow();
    expect(run(['broadening', 'destructive']).toString()).toContain('### What this changes in `dev`');
  });
});

test('Less that is allowed, another tag and another version need nobody to agree', () => {
  const { Gone, Orphan, Renamed, Role } = before;
  const text = diff(before, { Gone, Orphan, Renamed, Role, Tagged: bucket({ Tags: [] }), Version2: version });
  expect(text).toContain('Version2');
  expect(judge(text)).toEqual([]);
});

test('What may be replaced counts as replaced, wherever it is in the tree', () => {
  expect(judge('[~] AWS::S3::Bucket Site/Bucket SiteBucket978D4AEB may be replaced')).toMatchObject([
    { kind: 'destructive' },
  ]);
});
