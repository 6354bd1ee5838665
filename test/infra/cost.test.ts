import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { idleCost } from '#lib/idle-cost.ts';
import { readSettings } from '#lib/settings.ts';
import { stageTemplate } from './synth.ts';

const stages = ['dev', 'prod'] as const;
const address = { alertEmail: 'oncall@chat.example' };
const anomalyMonitorArn = 'arn:aws:ce::123456789012:anomalymonitor/0f1e2d3c-aaaa-bbbb-cccc-0123456789ab';

/** A stage with all that can be switched on, made once. */
const everything = stageTemplate('prod', {
  ...address,
  anomalyMonitorArn,
  monthlyBudget: '25',
  mailFrom: 'storm@chat.example',
  firewall: 'true',
  brake: 'true',
});

const idleDollars = (stage: (typeof stages)[number]) =>
  [...idleCost(stageTemplate(stage).all).values()].reduce((sum, item) => sum + item.dollars, 0);

describe('what a stage costs when nobody uses it', () => {
  test.for([
    ['dev', 1.9],
    ['prod', 6.9],
  ] as const)('%s: at most $%s a month, and each type of resource has a price or is free', ([stage, most]) => {
    const dollars = idleDollars(stage);
    expect(dollars).toBeGreaterThan(1);
    expect(dollars).toBeLessThanOrEqual(most);
  });

  test('the documents say what it is', () => {
    const [dev, prod] = stages.map((stage) => `$${idleDollars(stage).toFixed(2)}`);
    expect(readFileSync('README.md', 'utf8')).toContain(`\`dev\` costs about ${dev} a month and \`prod\` ${prod}.`);
    expect(readFileSync('docs/cost.md', 'utf8')).toContain(`| **together** | | **${dev}** | **${prod}** |`);
  });

  test('the probe: at most $0.50 a month, of which prod has one and dev none', () => {
    const rule = { ScheduleExpression: 'rate(1 minute)', Targets: [{ Arn: { 'Fn::GetAtt': ['Probe1', 'Arn'] } }] };
    const dollarsOf = (cost: ReturnType<typeof idleCost>) =>
      [...cost.values()].reduce((sum, { dollars }) => sum + dollars, 0);
    const probe = idleCost([{ type: 'AWS::Events::Rule', properties: rule }]);
    expect(dollarsOf(probe)).toBeGreaterThan(0.2);
    expect(dollarsOf(probe)).toBeLessThanOrEqual(0.5);
    expect(idleCost(stageTemplate('prod').all).get('webSocketMessages')).toEqual(probe.get('webSocketMessages'));
    expect(idleCost(stageTemplate('dev').all).has('webSocketMessages')).toBe(false);
  });

  test('with all that can be switched on there is no type without a price', () => {
    expect(idleCost(everything.all).get('webAcls')).toEqual({ count: 1, dollars: 5 });
  });

  test('a resource without a price, a table with capacity and another schedule are noticed', () => {
    const costOf = (type: string, properties = {}) => idleCost([{ type, properties }]);
    expect(() => costOf('AWS::EC2::NatGateway')).toThrow('lib/idle-cost.ts');
    expect(() => costOf('AWS::DynamoDB::Table', { ProvisionedThroughput: {} })).toThrow('capacity');
    expect(() => costOf('AWS::Events::Rule', { ScheduleExpression: 'rate(5 minutes)' })).toThrow('rate(5 minutes)');
  });

  test('the first ten metrics of alarms are free, and one that a formula reckons with counts', () => {
    const stat = { MetricStat: {} };
    const alarm = (Metrics?: object[]) => ({ type: 'AWS::CloudWatch::Alarm', properties: { Metrics } });
    const { count, dollars } = idleCost([alarm(), alarm([...Array(11).fill(stat), { Expression: 'm1 + m2' }])]).get(
      'alarmMetrics',
    ) ?? { count: 0, dollars: 0 };
    expect(count).toBe(12);
    expect(dollars).toBeCloseTo(0.2);
  });
});

describe('a budget', () => {
  test('warns at 50, 75 and 90 % of what was spent, and at 100 % of what is forecast', () => {
    const [budget, ...more] = everything.ofType('AWS::Budgets::Budget');
    expect(more).toEqual([]);
    expect(budget?.properties.Budget).toEqual({
      BudgetType: 'COST',
      TimeUnit: 'MONTHLY',
      BudgetLimit: { Amount: 25, Unit: 'USD' },
    });
    const warnings = budget?.properties.NotificationsWithSubscribers;
    expect(
      warnings.map(({ Notification: { NotificationType, Threshold } }: never) => [NotificationType, Threshold]),
    ).toEqual([
      ['ACTUAL', 50],
      ['ACTUAL', 75],
      ['ACTUAL', 90],
      ['FORECASTED', 100],
    ]);
    for (const { Subscribers } of warnings)
      expect(Subscribers).toEqual([{ SubscriptionType: 'EMAIL', Address: 'oncall@chat.example' }]);
  });

  test('isn’t there without an address, and asking for one is refused', () => {
    expect(stageTemplate('dev').ofType('AWS::Budgets::Budget')).toEqual([]);
    const settings = (context: Record<string, unknown>) => readSettings((key) => context[key]);
    expect(() => settings({ monthlyBudget: '25' })).toThrow('alertEmail');
    expect(() => settings({ anomalyMonitorArn })).toThrow('alertEmail');
    expect(() => settings({ ...address, monthlyBudget: '0' })).toThrow('must be more than 0');
  });

  test('unusual costs of a tenth of it are told by the monitor that the account has', () => {
    const { ofType } = everything;
    // An account has one monitor of services, so a stack that makes one fails in most accounts.
    expect(ofType('AWS::CE::AnomalyMonitor')).toEqual([]);
    const [subscription] = ofType('AWS::CE::AnomalySubscription');
    expect(subscription?.properties).toMatchObject({ Frequency: 'DAILY', MonitorArnList: [anomalyMonitorArn] });
    expect(JSON.parse(subscription?.properties.ThresholdExpression).Dimensions.Values).toEqual(['3']);
  });
});

describe('the brake', () => {
  test('isn’t there unless asked for, and needs the alarm that pulls it', () => {
    const brakes = ({ id }: { id: string }) => id.startsWith('Brake');
    for (const stage of stages) expect(stageTemplate(stage).all.filter(brakes)).toEqual([]);
    const dev: Record<string, unknown> = { brake: 'true' };
    expect(() => readSettings((key) => dev[key])).toThrow('SpendHigh');
  });

  test('is pulled and let go by what the last hour cost, and may change the two stages alone', () => {
    const [fn] = everything.ofType('AWS::Lambda::Function').filter(({ id }) => id.startsWith('Brake'));
    const alarms = everything
      .ofType('AWS::CloudWatch::Alarm')
      .filter(({ properties }) => JSON.stringify(properties).includes(`"${fn?.id}"`));
    expect(alarms.map(({ properties }) => properties.AlarmName)).toEqual(['storm-prod-SpendHigh']);
    const action = { 'Fn::GetAtt': [fn?.id, 'Arn'] };
    expect(alarms[0]?.properties.AlarmActions).toContainEqual(action);
    expect(alarms[0]?.properties.OKActions).toContainEqual(action);
    const policy = everything.ofType('AWS::IAM::Policy').find(({ id }) => id.startsWith('BrakeRole'));
    const allowed = policy?.properties.PolicyDocument.Statement.filter(({ Action }: { Action: string[] }) =>
      Action.includes('apigateway:PATCH'),
    );
    const text = JSON.stringify(allowed);
    expect(text).toContain('/stages/ws');
    expect(text).toContain('/stages/api');
    expect(text).not.toContain('*');
  });
});

describe.each(stages)('what %s keeps and is billed for', (stage) => {
  const { all, ofType } = stageTemplate(stage);

  test('has the tags by which costs are allocated', () => {
    const billed = all.filter(
      ({ id, type }) =>
        !id.startsWith('Custom') &&
        /^AWS::(?:ApiGatewayV2::(?:Api|Stage)|CloudFront::Distribution|DynamoDB::Table|Lambda::Function|Logs::LogGroup|S3::Bucket|SecretsManager::Secret|SQS::Queue)$/.test(
          type,
        ),
    );
    expect(billed.length).toBeGreaterThan(50);
    for (const { id, properties } of billed) {
      const tags = properties['Tags'] ?? {};
      const byKey = Array.isArray(tags) ? Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])) : tags;
      expect([id, byKey]).toEqual([id, expect.objectContaining({ app: 'storm', stage })]);
    }
  });

  test('is deleted some day: logs, parts of uploads, and former versions of files', () => {
    for (const { id, properties } of ofType('AWS::Logs::LogGroup'))
      expect([id, properties['RetentionInDays']]).toEqual([id, expect.any(Number)]);
    for (const { id, properties } of ofType('AWS::S3::Bucket')) {
      const rules: Record<string, unknown>[] = properties['LifecycleConfiguration']?.Rules ?? [];
      const isVersioned = properties['VersioningConfiguration']?.Status === 'Enabled';
      const ends = (key: string) => rules.some((rule) => rule['Status'] === 'Enabled' && key in rule);
      expect([id, ends('AbortIncompleteMultipartUpload')]).toEqual([id, true]);
      if (isVersioned) expect([id, ends('NoncurrentVersionExpiration')]).toEqual([id, true]);
    }
  });
});
