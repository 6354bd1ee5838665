import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { catalogue } from '#lib/alarms/catalogue.ts';
import { readSettings } from '#lib/settings.ts';
import { stageTemplate } from './synth.ts';

const { ofType, withId, json } = stageTemplate('dev', { drills: 'true' });
const without = stageTemplate('dev');

const Template = z.object({
  Actions: z.record(
    z.string(),
    z.object({ ActionId: z.string(), Parameters: z.record(z.string(), z.unknown()), Targets: z.optional(z.unknown()) }),
  ),
  Targets: z.record(
    z.string(),
    z.object({ ResourceArns: z.array(z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) })) }),
  ),
  StopConditions: z.array(
    z.object({
      Source: z.literal('aws:cloudwatch:alarm'),
      Value: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
    }),
  ),
  RoleArn: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
  LogConfiguration: z.object({ CloudWatchLogsConfiguration: z.unknown() }),
  Tags: z.record(z.string(), z.string()),
});
const templates = ofType('AWS::FIS::ExperimentTemplate').map(({ properties }) => Template.parse(properties));
const actions = templates.flatMap(({ Actions, Tags }) =>
  Object.values(Actions).map(({ ActionId, Parameters }) => ({ name: Tags['Name'], ActionId, Parameters })),
);
const statementsOf = (role: string) =>
  ofType('AWS::IAM::Policy')
    .filter(({ properties }) => JSON.stringify(properties['Roles']).includes(`"${role}"`))
    .flatMap(({ properties }) => properties['PolicyDocument'].Statement);

describe('a stage without drills', () => {
  test.for(['dev', 'prod'])('has nothing of them: %s', (stage) => {
    const { all, json, ofType } = stageTemplate(stage);
    expect(all.filter(({ type }) => /^AWS::(FIS|SSM)::/.test(type))).toEqual([]);
    expect(JSON.stringify(json)).not.toMatch(/aws-fis|AWS_FIS|AWS_LAMBDA_EXEC_WRAPPER|fis\.amazonaws|Drill|FaultExt/);
    for (const { id, properties } of ofType('AWS::Lambda::Function'))
      if (properties['Environment']?.Variables.FUNCTION) expect(properties, id).not.toHaveProperty('Layers');
  });

  test('is also the one on a laptop, which has no FIS', () => {
    const context: Record<string, unknown> = { drills: 'true', 'cdk-local-stack': true };
    expect(readSettings((key) => context[key]).drills).toBe(false);
  });
});

describe('the drills', () => {
  test('are found by the stage, the name of the stack and their own', () => {
    for (const { Tags } of templates) expect(Tags['stage']).toBe('dev');
    expect(templates.map(({ Tags }) => Tags['Name']).toSorted()).toEqual(
      [
        'answers-lost',
        'database-away',
        'dead-before-answer',
        'functions-fail',
        'functions-slow',
        'requests-refused',
        'slow-authorizer',
      ].map((name) => `storm-dev-${name}`),
    );
  });

  test('delay functions, fail them before and after they ran, and replace their answers before and after', () => {
    const kinds = actions.map(({ ActionId, Parameters }) =>
      [ActionId, Parameters['preventExecution']].join(' ').trim(),
    );
    expect([...new Set(kinds)].toSorted()).toEqual([
      'aws:lambda:invocation-add-delay',
      'aws:lambda:invocation-error false',
      'aws:lambda:invocation-error true',
      'aws:lambda:invocation-http-integration-response false',
      'aws:lambda:invocation-http-integration-response true',
      'aws:ssm:start-automation-execution',
    ]);
  });

  test('name each of their functions, five at most, all of which have the extension', () => {
    // "CreateExperimentTemplateTargetInput": resourceArns has five items at most.
    const layer = Object.entries(json['Parameters']).find(([, parameter]) =>
      String(Object(parameter).Default).startsWith('/aws/service/fis/lambda-extension/'),
    );
    expect(layer?.[1]).toEqual({
      Type: 'AWS::SSM::Parameter::Value<String>',
      Default: '/aws/service/fis/lambda-extension/AWS-FIS-extension-arm64/1.x.x',
    });
    for (const { Targets, Tags } of templates)
      for (const { ResourceArns } of Object.values(Targets)) {
        expect(ResourceArns.length, Tags['Name']).toBeLessThanOrEqual(5);
        for (const { 'Fn::GetAtt': arn } of ResourceArns)
          expect(withId(arn[0]).properties).toMatchObject({
            Architectures: ['arm64'],
            Layers: [{ Ref: layer?.[0] }],
            Environment: {
              Variables: {
                AWS_LAMBDA_EXEC_WRAPPER: '/opt/aws-fis/bootstrap',
                AWS_FIS_CONFIGURATION_LOCATION: { 'Fn::Join': ['', [expect.anything(), '/faults/']] },
                AWS_FIS_POLL_MAX_WAIT_MILLISECONDS: '2000',
              },
            },
          });
      }
  });

  test('leave the extension out of all functions that none of them disturbs', () => {
    const disturbed = templates.flatMap(({ Targets }) =>
      Object.values(Targets).flatMap(({ ResourceArns }) => ResourceArns.map(({ 'Fn::GetAtt': [id] }) => id)),
    );
    const extended = ofType('AWS::Lambda::Function').filter(
      ({ properties }) => properties['Environment']?.Variables.AWS_LAMBDA_EXEC_WRAPPER,
    );
    expect(extended.map(({ id }) => id).toSorted()).toEqual([...new Set(disturbed)].toSorted());
  });

  test('delay no function for as long as it may run, and no answer beyond the gateway’s 29 seconds', () => {
    for (const { Parameters } of actions.filter(({ ActionId }) => ActionId.endsWith('add-delay')))
      expect(Number(Parameters['startupDelayMilliseconds'])).toBeLessThan(10_000);
  });

  test('end by alarms that say that they go too far, and not by those that they are to raise', () => {
    for (const { StopConditions } of templates) {
      const names = StopConditions.map(({ Value }) =>
        String(withId(Value['Fn::GetAtt'][0]).properties['AlarmName'] ?? '').replace('storm-dev-', ''),
      );
      // "Quotas and limitations for AWS Fault Injection Service": five stop conditions.
      expect(names.length).toBeLessThanOrEqual(5);
      expect(names).toEqual([
        'ServiceDown',
        'RecordsDiscarded',
        'FunctionsThrottled',
        'ConcurrencyNearQuota',
        'SpendHigh',
      ]);
    }
    const raised = ofType('AWS::CloudWatch::Alarm').map(({ properties }) => properties['AlarmName']);
    for (const name of ['Errors', 'HotFunctionsFail', 'DeliverySlow'] as const) {
      expect(catalogue[name].level).toBe('degraded');
      expect(raised).toContain(`storm-dev-${name}`);
    }
  });

  test('write a log, which ends some day and which FIS may write', () => {
    const [group] = ofType('AWS::Logs::LogGroup').filter(({ id }) => id.startsWith('DrillsLog'));
    const arn = { 'Fn::GetAtt': [group?.id, 'Arn'] };
    for (const { LogConfiguration } of templates)
      expect(LogConfiguration.CloudWatchLogsConfiguration).toEqual({ LogGroupArn: arn });
    expect(group?.properties['RetentionInDays']).toBe(7);
    const policies = JSON.stringify(ofType('AWS::Logs::ResourcePolicy'));
    expect(policies).toContain('delivery.logs.amazonaws.com');
    expect(policies).toContain(`${group?.id}`);
  });
});

describe('the permissions of drills', () => {
  const role = templates[0]?.RoleArn['Fn::GetAtt'][0] ?? '';

  test('are FIS’s alone, for experiments of this account', () => {
    const [statement] = withId(role).properties['AssumeRolePolicyDocument'].Statement;
    expect(statement).toMatchObject({
      Principal: { Service: 'fis.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } }, ArnLike: expect.anything() },
    });
  });

  test('reach what the extension reads, the functions that are disturbed, and the outage', () => {
    const statements = statementsOf(role);
    const allowed = statements.map(({ Action }) => [Action].flat().toSorted().join(' ')).toSorted();
    expect(allowed).toEqual([
      'iam:PassRole',
      'lambda:GetFunction',
      'logs:CreateLogDelivery logs:DescribeLogGroups logs:DescribeResourcePolicies tag:GetResources',
      's3:DeleteObject s3:PutObject',
      'ssm:GetAutomationExecution ssm:StopAutomationExecution',
      'ssm:StartAutomationExecution',
    ]);
    const everywhere = statements.filter(({ Resource }) => Resource === '*').map(({ Action }) => Action);
    expect(everywhere).toEqual([
      ['logs:CreateLogDelivery', 'logs:DescribeLogGroups', 'logs:DescribeResourcePolicies', 'tag:GetResources'],
    ]);
    const [pass] = statements.filter(({ Action }) => Action === 'iam:PassRole');
    expect(pass.Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'ssm.amazonaws.com' } });
    expect(pass.Resource['Fn::GetAtt'][0]).toMatch(/^DatabaseOutageRole/);
  });

  test('let a function that is disturbed read the faults, and nothing else that it couldn’t before', () => {
    const statementsIn = ({ ofType }: Pick<typeof without, 'ofType'>) =>
      ofType('AWS::IAM::Policy').find(({ id }) => id.startsWith('MessageRoleDefaultPolicy'))?.properties[
        'PolicyDocument'
      ].Statement;
    const former = new Set(statementsIn(without).map((statement: unknown) => JSON.stringify(statement)));
    const added = statementsIn({ ofType }).filter((statement: unknown) => !former.has(JSON.stringify(statement)));
    const bucket = { 'Fn::GetAtt': [expect.stringMatching(/^FaultExtensionBucket/), 'Arn'] };
    expect(added).toEqual([
      {
        Effect: 'Allow',
        Action: 's3:ListBucket',
        Resource: bucket,
        Condition: { StringLike: { 's3:prefix': ['faults/*'] } },
      },
      { Effect: 'Allow', Action: 's3:GetObject', Resource: { 'Fn::Join': ['', [bucket, '/faults/*']] } },
    ]);
  });
});

const Step = z.object({
  name: z.string().check(z.regex(/^[a-zA-Z0-9_]{3,128}$/)),
  action: z.string(),
  inputs: z.looseObject({}),
  onFailure: z.optional(z.string()),
  onCancel: z.optional(z.string()),
  isEnd: z.optional(z.boolean()),
});

describe('the outage of the database', () => {
  const [document] = ofType('AWS::SSM::Document');
  const steps = z.array(Step).parse(document?.properties['Content'].mainSteps);
  const tables = ofType('AWS::DynamoDB::Table').map(({ id }) => id);
  const tableOf = ({ inputs }: z.infer<typeof Step>) => Object(inputs['ResourceArn'])['Fn::GetAtt']?.[0];
  const calls = (api: string) => steps.filter(({ inputs }) => inputs['Api'] === api);

  test('takes all tables away, waits, and gives all back', () => {
    const kinds = steps.map(({ action, inputs }) => inputs['Api'] ?? action);
    expect(kinds.filter((kind, i) => kind !== kinds[i - 1])).toEqual([
      'aws:executeScript',
      'PutResourcePolicy',
      'aws:sleep',
      'DeleteResourcePolicy',
    ]);
    for (const api of ['PutResourcePolicy', 'DeleteResourcePolicy'])
      expect(calls(api).map(tableOf).toSorted()).toEqual(tables.toSorted());
  });

  test('gives all back whichever step fails or is cancelled', () => {
    const given = calls('DeleteResourcePolicy');
    const back = `step:${given[0]?.name}`;
    for (const step of steps.slice(1, steps.length - given.length))
      expect(step, step.name).toMatchObject({ onFailure: back, onCancel: back });
    for (const [i, step] of given.slice(0, -1).entries())
      expect(step).toMatchObject({ onFailure: 'Continue', onCancel: `step:${given[i + 1]?.name}` });
    expect(steps.at(-1)?.isEnd).toBe(true);
  });

  test('denies the tables to each function of the app, and to nobody else, up to a time in the policy itself', () => {
    const roles = ofType('AWS::Lambda::Function')
      .filter(({ properties }) => properties['Environment']?.Variables.FUNCTION)
      .map(({ properties }) => properties['Role']['Fn::GetAtt'][0]);
    for (const { inputs } of calls('PutResourcePolicy')) {
      const parts: unknown[] = Object(inputs['Policy'])['Fn::Join'][1];
      const text = parts.map((part) => (typeof part === 'string' ? part : Object(part)['Fn::GetAtt'][0])).join('');
      const { Statement } = JSON.parse(text);
      expect(Statement).toMatchObject([{ Effect: 'Deny', Principal: '*', Action: 'dynamodb:*' }]);
      const [{ Condition }] = Statement;
      expect(Condition.ArnEquals['aws:PrincipalArn'].toSorted()).toEqual(roles.toSorted());
      expect(Condition.DateLessThan).toEqual({ 'aws:CurrentTime': '{{ end.time }}' });
      // Two braces beside each other would be read as a variable, and there is one only.
      expect(text.match(/\{\{|\}\}/g)).toEqual(['{{', '}}']);
      // "PutResourcePolicy": 20 KB, with white space. An ARN has 64 characters for the name and 31 before it.
      expect(text.length + roles.length * 100).toBeLessThan(20_000);
    }
  });

  test('may change the policies of tables, and do nothing else', () => {
    const role = document?.properties['Content'].assumeRole['Fn::GetAtt'][0];
    expect(statementsOf(role)).toMatchObject([
      { Action: ['dynamodb:DeleteResourcePolicy', 'dynamodb:PutResourcePolicy'] },
    ]);
    const [statement] = withId(role).properties['AssumeRolePolicyDocument'].Statement;
    expect(statement).toMatchObject({
      Principal: { Service: 'ssm.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } }, ArnLike: expect.anything() },
    });
  });
});
