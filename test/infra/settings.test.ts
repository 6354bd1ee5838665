import { describe, expect, test } from 'vitest';
import { readSettings } from '#lib/settings.ts';
import { stackOf, stageTemplate, templateOf } from './synth.ts';

const read = (context: Record<string, unknown>) => readSettings((key) => context[key]);

describe('settings', () => {
  test('are those of dev unless a stage is asked for', () => expect(read({}).stage).toBe('dev'));

  test.for(['production', 'test', 'dev-', 'dev-Ann', 'prod_eu', `dev-${'a'.repeat(21)}`])(
    'refuse the stage %s',
    (stage) => expect(() => read({ stage })).toThrow(/dev.*prod/),
  );

  test('of a stage with a name of its own are those of its kind', () => {
    expect(read({ stage: 'dev-ann' })).toEqual({ ...read({ stage: 'dev' }), stage: 'dev-ann' });
    expect(read({ stage: 'prod-eu' })).toEqual({ ...read({ stage: 'prod' }), stage: 'prod-eu' });
  });

  test('refuse an address that is none', () => expect(() => read({ alertEmail: 'ops' })).toThrow(/alertEmail/));

  test('send alarms to the address that is given', () => {
    const subscriptions = (context: object) =>
      stageTemplate('dev', { ...context })
        .ofType('AWS::SNS::Subscription')
        .map(({ properties }) => properties.Endpoint);
    expect(subscriptions({})).toEqual([]);
    expect(subscriptions({ alertEmail: 'ops@chat.example' })).toEqual(['ops@chat.example', 'ops@chat.example']);
  });
});

describe('the stack', () => {
  test.for(['dev', 'prod'] as const)('of %s needs no account, region or look-up to synthesize', (stage) => {
    const stack = stackOf(stage);
    expect(stack.environment).toBe('aws://unknown-account/unknown-region');
    expect(JSON.stringify(templateOf(stack).json)).not.toMatch(/dummy-value|\b\d{12}\b/);
  });

  test('tells a person where to go', () => {
    expect(Object.keys(stageTemplate('dev').json['Outputs'])).toEqual([
      'PageUrl',
      'HttpUrl',
      'WsUrl',
      'StageName',
      'Recovery',
    ]);
  });
});
