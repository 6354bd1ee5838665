import { describe, expect, test } from 'vitest';
import { stackOf, stageTemplate, templateOf } from './synth.ts';

const { ofType } = stageTemplate('prod');

test('every function has a log group of its own, which is kept for a time that is set', () => {
  const groups = new Map(ofType('AWS::Logs::LogGroup').map(({ id, properties }) => [id, properties]));
  for (const { properties } of ofType('AWS::Lambda::Function')) {
    const group = Object(properties['LoggingConfig']).LogGroup?.Ref;
    expect(groups.get(group)?.['RetentionInDays']).toBeGreaterThan(0);
    groups.delete(group);
  }
});

test('no function may change or delete logs', () => {
  const actions = ofType('AWS::IAM::Policy')
    .flatMap(({ properties }) => Object(properties['PolicyDocument']).Statement)
    .flatMap(({ Action }) => [Action].flat())
    .filter((action) => String(action).startsWith('logs:'));
  expect([...new Set(actions)].sort()).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
});

/** A stage with each function that can be switched on. */
const everything = templateOf(
  stackOf('prod', {
    mailFrom: 'storm@chat.example',
    brake: 'true',
    alertWebhooksArn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:storm-webhooks-AbCdEf',
  }),
);

describe.each([
  ['dev', stageTemplate('dev')],
  ['prod with everything', everything],
] as const)('the logs of %s', (_, { ofType }) => {
  test('are asked questions in the logs of all functions', () => {
    const functions = ofType('AWS::Lambda::Function').filter(
      ({ properties }) => properties['Environment']?.Variables?.FUNCTION,
    );
    expect(functions.length).toBeGreaterThan(20);
    const queries = ofType('AWS::Logs::QueryDefinition');
    expect(queries.length).toBeGreaterThan(5);
    for (const { properties } of queries)
      expect(properties['LogGroupNames'].map(({ Ref }: { Ref: string }) => Ref).toSorted()).toEqual(
        functions.map(({ properties }) => properties['LoggingConfig'].LogGroup.Ref).toSorted(),
      );
    // "Saving and re-running CloudWatch Logs Insights queries"; a query may have 50 log groups.
    expect(functions.length).toBeLessThanOrEqual(50);
  });
});
