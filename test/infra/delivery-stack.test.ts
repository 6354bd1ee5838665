import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { DeliveryStack, readDelivery } from '#lib/delivery-stack.ts';
import { newApp, templateOf } from './synth.ts';

const stackOf = (context: Readonly<Record<string, unknown>>) =>
  new DeliveryStack(
    newApp({}, true),
    'storm-delivery',
    readDelivery((key) => context[key]),
  );
const stack = stackOf({ repository: 'someone/storm' });
const { ofType } = templateOf(stack);

/** What a role may do, by the environment whose jobs may take it. */
function allowed(environment: string) {
  const role = ofType('AWS::IAM::Role').find(({ id }) => id.startsWith(`${environment}Role`));
  const policies = ofType('AWS::IAM::Policy').filter(({ properties }) =>
    JSON.stringify(properties['Roles']).includes(`"${role?.id}"`),
  );
  return policies.flatMap(({ properties }) => properties['PolicyDocument'].Statement);
}

describe('the roles for GitHub Actions', () => {
  test.for(['diff', 'dev', 'prod', 'leftovers'])(
    'trust %s to the jobs of its environment in one repository, and to no others',
    (environment) => {
      const role = ofType('AWS::IAM::Role').find(({ id }) => id.startsWith(`${environment}Role`));
      const [statement, ...others] = role?.properties['AssumeRolePolicyDocument'].Statement ?? [];
      expect(others).toEqual([]);
      expect(statement).toEqual({
        Effect: 'Allow',
        Action: 'sts:AssumeRoleWithWebIdentity',
        Principal: { Federated: { 'Fn::GetAtt': [ofType('AWS::IAM::OIDCProvider')[0]?.id, 'Arn'] } },
        Condition: {
          StringEquals: {
            'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
            'token.actions.githubusercontent.com:sub': `repo:someone/storm:environment:${environment}`,
          },
        },
      });
    },
  );

  test('let a diff read two templates, and no data', () => {
    expect(allowed('diff')).toMatchObject([
      { Effect: 'Allow', Action: ['cloudformation:DescribeStacks', 'cloudformation:GetTemplate'] },
    ]);
    const [{ Resource }] = allowed('diff');
    expect(JSON.stringify(Resource)).toMatch(/stack\/storm-dev\/\*.*stack\/storm-prod\/\*/);
  });

  test.for(['dev', 'prod'])('let %s take the roles by which the CDK deploys, and only look by itself', (stage) => {
    const [{ Resource, ...statement }, look, ...others] = allowed(stage);
    expect(others).toEqual([]);
    expect(look).toMatchObject({ Effect: 'Allow', Action: 'cloudformation:DescribeStacks' });
    expect(JSON.stringify(look.Resource).match(/stack\/[\w-]+\/\*/g)).toEqual([
      `stack/storm-${stage}/*`,
      'stack/CDKToolkit/*',
    ]);
    expect(statement).toEqual({ Effect: 'Allow', Action: 'sts:AssumeRole' });
    expect(JSON.stringify(Resource).match(/cdk-hnb659fds-[\w-]+-role/g)).toEqual([
      'cdk-hnb659fds-deploy-role',
      'cdk-hnb659fds-file-publishing-role',
    ]);
  });

  test('let leftovers list what there is, and no data', () => {
    const actions = allowed('leftovers').flatMap(({ Action }: { Action: string | string[] }) => Action);
    expect(actions.toSorted()).toEqual([
      'backup:ListRecoveryPointsByBackupVault',
      'cloudformation:DescribeStacks',
      'cloudformation:ListStackResources',
      'cloudwatch:DescribeAlarms',
      'dynamodb:ListTables',
      's3:ListBucket',
      's3:ListBucketMultipartUploads',
      'secretsmanager:DescribeSecret',
      'tag:GetResources',
    ]);
  });

  test('keep the AWS Solutions rules', () => {
    expect(new AwsSolutionsChecks(stack).validateScope(stack).violations).toEqual([]);
  });

  test('use the provider that an account has already, and the ids of repositories that have immutable subjects', () => {
    const oidcProvider = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com';
    const { ofType } = templateOf(stackOf({ repository: 'someone@12/storm@34', oidcProvider }));
    expect(ofType('AWS::IAM::OIDCProvider')).toEqual([]);
    expect(JSON.stringify(ofType('AWS::IAM::Role'))).toContain('repo:someone@12/storm@34:environment:prod');
  });

  test.for(['*', 'someone/*', 'someone', undefined])('are made for no repository such as %s', (repository) => {
    expect(() => stackOf({ repository })).toThrow('repository');
  });
});
