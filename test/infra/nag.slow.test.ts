import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { stackOf, templateOf } from './synth.ts';

test.for<[string, object]>([
  ['dev', {}],
  ['prod', {}],
  ['dev', { drills: 'true' }],
])('%s keeps the AWS Solutions rules, or says at the resource why not: %j', ([stage, context]) => {
  const stack = stackOf(stage, { ...context });
  const { violations } = new AwsSolutionsChecks(stack).validateScope(stack);
  const found = violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
  );
  expect(found).toEqual([]);
});

describe('the schemas of CloudFormation', () => {
  const certificateArn = 'arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d-0000-4000-8000-000000000000';
  const account = 'arn:aws:sns:eu-central-1:000000000000';
  /** All that can be switched on. */
  const optional = {
    alertEmail: 'oncall@chat.example',
    alertWebhooksArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:storm-webhooks-AbCdEf',
    anomalyMonitorArn: 'arn:aws:ce::123456789012:anomalymonitor/0f1e2d3c-aaaa-bbbb-cccc-0123456789ab',
    monthlyBudget: '25',
    mailFrom: 'storm@chat.example',
    brake: 'true',
    drills: 'true',
    dashboards: 'each',
    domainName: 'chat.example',
    certificateArn,
    hostedZoneId: 'Z0123456789',
    firewall: 'true',
    accountsConcurrency: '100',
    maintenanceSeconds: '600',
    fcmApplicationArn: `${account}:app/GCM/storm`,
    apnsApplicationArn: `${account}:app/APNS/storm`,
  };

  // The CDK refuses what it finds when it writes the template.
  test.for<[string, string, object]>([
    ['dev', 'no more', {}],
    ['prod', 'no more', {}],
    ['prod', 'all that can be switched on', optional],
  ])('allow the template of %s with %s', ([stage, , context]) => {
    const { all } = templateOf(stackOf(stage, { ...context }, {}, true));
    expect(all.length).toBeGreaterThan(100);
  });
});
