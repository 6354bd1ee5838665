import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalogue, runbooks } from '#lib/alarms/catalogue.ts';
import { projectRoot } from '#lib/handlers.ts';
import { questions } from '#lib/questions.ts';
import { stageTemplate } from './synth.ts';

const names = Object.keys(catalogue);
const everything = {
  brake: 'true',
  mailFrom: 'storm@chat.example',
  alertWebhooksArn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:storm-webhooks-AbCdEf',
};
const all = stageTemplate('prod', everything);
const alarmsOf = ({ ofType }: typeof all) =>
  ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap((type) => ofType(type));
const nameOf = ({ properties }: ReturnType<typeof alarmsOf>[number]) =>
  String(properties['AlarmName']).replace('storm-prod-', '');

describe('the alarms of prod', () => {
  test('are those of the catalogue', () => expect(alarmsOf(all).map(nameOf).toSorted()).toEqual(names.toSorted()));

  test('say what it means, what to do first, and where the runbook is', () => {
    for (const alarm of alarmsOf(all)) {
      const text = alarm.properties['AlarmDescription'];
      expect(text).toMatch(/\. First: \S.*\. Runbook: docs\/runbooks\.md#[a-z-]+$/);
      // "PutMetricAlarm"
      expect(text.length).toBeLessThanOrEqual(1_024);
    }
  });

  test('are told when they are raised and when they end, and what wakes someone goes to a topic of its own', () => {
    const topics = all.ofType('AWS::SNS::Topic').map(({ id }) => id);
    const [urgent] = topics.filter((id) => id.startsWith('AlarmsUrgent'));
    const [usual] = topics.filter((id) => !id.startsWith('AlarmsUrgent'));
    for (const alarm of alarmsOf(all)) {
      const told = [{ Ref: nameOf(alarm) === 'Down' ? urgent : usual }];
      const { AlarmActions, OKActions } = alarm.properties;
      // `SpendHigh` also pulls the brake.
      expect([AlarmActions.slice(0, 1), OKActions.slice(0, 1)]).toEqual([told, told]);
    }
  });

  // "Amazon CloudWatch Pricing", November 2026: $0.10 a month for each metric of an alarm, $0.50 for a composite one.
  test('cost $5.90 a month at most, and those of dev $0.90', () => {
    const cents = ({ ofType }: typeof all) => {
      const metrics = ofType('AWS::CloudWatch::Alarm').flatMap(
        ({ properties }) =>
          properties['Metrics']?.filter(({ MetricStat }: Record<string, unknown>) => MetricStat) ?? [properties],
      );
      return 10 * metrics.length + 50 * ofType('AWS::CloudWatch::CompositeAlarm').length;
    };
    expect(cents(all)).toBeLessThanOrEqual(590);
    expect(cents(stageTemplate('dev'))).toBeLessThanOrEqual(90);
  });

  test('have expressions of 10 metrics at most, which is a hard limit ("Alarm limits")', () => {
    for (const { properties } of all.ofType('AWS::CloudWatch::Alarm')) {
      const metrics = properties['Metrics'] ?? [];
      const measured = metrics.filter(({ MetricStat }: Record<string, unknown>) => MetricStat);
      expect(measured.length).toBeLessThanOrEqual(10);
    }
  });

  test('consist of each other as their levels say', () => {
    const [down, degraded] = all
      .ofType('AWS::CloudWatch::CompositeAlarm')
      .map(({ properties }) => JSON.stringify(properties['AlarmRule']))
      .toSorted((a, b) => a.length - b.length);
    for (const [name, { level }] of Object.entries(catalogue))
      expect(degraded?.includes(`Alarms${name}`), name).toBe(level === 'degraded' && name !== 'Degraded');
    expect(down).toContain('AlarmsErrors');
    expect(down).toContain('AlarmsServiceDown');
  });
});

test('while the service is shut on purpose, only alarms that are a task tell somebody', () => {
  const shut = stageTemplate('prod', { ...everything, maintenanceSeconds: 600 });
  const levels = new Map(Object.entries(catalogue).map(([name, { level }]) => [name, level]));
  for (const alarm of alarmsOf(shut))
    expect(alarm.properties['ActionsEnabled'] ?? true).toBe(levels.get(nameOf(alarm)) === 'task');
  for (const alarm of alarmsOf(all)) expect(alarm.properties['ActionsEnabled'] ?? true).toBe(true);
});

test('dev has the alarms of dead letters only, which cost less', () => {
  const { ofType } = stageTemplate('dev');
  for (const { properties } of ofType('AWS::CloudWatch::Alarm'))
    expect(properties['AlarmName']).toMatch(/^storm-dev-\w+(Dead|Discarded)$/);
  expect(ofType('AWS::CloudWatch::CompositeAlarm')).toEqual([]);
});

describe('docs/runbooks.md', () => {
  const text = readFileSync(path.join(projectRoot, 'docs', 'runbooks.md'), 'utf8');
  const sections = text.split(/^## /m).slice(1);
  const titles = sections.map((section) => section.split('\n', 1)[0] ?? '');
  const anchors = titles.map((title) => title.toLowerCase().replaceAll(' ', '-'));

  test('has a section for each alarm, and an alarm for each section', () => {
    expect(anchors).toEqual([...runbooks]);
    const named = sections.map((section) =>
      section
        .match(/^Alarms: (.*)$/m)?.[1]
        ?.match(/\w+/g)
        ?.toSorted(),
    );
    const expected = runbooks.map((runbook) =>
      Object.entries(catalogue)
        .flatMap(([name, entry]) => (entry.runbook === runbook ? name : []))
        .toSorted(),
    );
    expect(named).toEqual(expected);
  });

  test.for(sections.map((section, i) => [titles[i], section] as const))(
    '%s says what to do, step by step',
    ([, section]) => {
      const parts = [...section.matchAll(/^- \*\*(.+?):\*\*/gm)].map(([, part]) => part);
      expect(parts).toEqual(['Symptom', 'Dashboard', 'First moves', 'Commands', 'Afterwards']);
    },
  );

  test('names queries that are saved', () => {
    const named = [...text.matchAll(/\b(?:who|what|which|why)-[\w-]+/g)].map(([name]) => name);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !(name in questions))).toEqual([]);
  });
});
