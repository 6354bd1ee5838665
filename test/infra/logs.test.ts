import { expect, test } from 'vitest';
import { stageTemplate } from './synth.ts';

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
