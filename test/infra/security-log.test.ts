import { describe, expect, test } from 'vitest';
import { securityEvents } from '#core/security/events.ts';
import { stageTemplate } from './synth.ts';

describe.each(['dev', 'prod'])('the security log of %s', (stage) => {
  const { ofType } = stageTemplate(stage);

  test('raises alarms on events that there are, of its own stage', () => {
    const alarms = ofType('AWS::CloudWatch::Alarm').filter(({ properties }) => properties['Namespace'] === 'Storm');
    expect(alarms.length).toBeGreaterThanOrEqual(3);
    for (const { properties } of alarms) {
      expect(Object.keys(securityEvents)).toContain(properties['MetricName']);
      expect(properties['Dimensions']).toEqual([{ Name: 'stage', Value: stage }]);
      expect(properties['AlarmDescription']).toContain('runbook');
    }
  });

  test('is found by one query in the logs of all functions', () => {
    const [query] = ofType('AWS::Logs::QueryDefinition');
    const functions = ofType('AWS::Lambda::Function').filter(
      ({ properties }) => properties['Environment']?.Variables?.STAGE === stage,
    );
    expect(functions.length).toBeGreaterThan(20);
    expect(query?.properties['LogGroupNames'].map(({ Ref }: { Ref: string }) => Ref).toSorted()).toEqual(
      functions.map(({ properties }) => properties['LoggingConfig'].LogGroup.Ref).toSorted(),
    );
    // "Saving and re-running CloudWatch Logs Insights queries"; a query may have 50 log groups.
    expect(functions.length).toBeLessThanOrEqual(50);
  });
});
