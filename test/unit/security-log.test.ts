import { readFileSync } from 'node:fs';
import { afterAll, expect, test, vi } from 'vitest';
import { activityEntry } from '#core/accounts/activity.ts';
import { type SecurityEventName, securityEvents } from '#core/security/events.ts';
import { recorder } from '#lambdas/kit/record.ts';
import { logSecurity } from '#lambdas/kit/security-log.ts';
import { readSecurityLog } from '#test/helpers/security-log.ts';

vi.stubEnv('SERVICE', 'storm-test').stubEnv('FUNCTION', 'accounts');
const log = readSecurityLog();
afterAll(() => {
  log.stop();
  vi.unstubAllEnvs();
});

test('an event is one line of JSON, without what was not given', () => {
  logSecurity({ name: 'login_failed', userId: 'ann', network: '192.0.2.1', device: 'Firefox on Linux' });
  const [text = ''] = log.lines.splice(0);
  expect(text.indexOf('\n')).toBe(text.length - 1);
  expect(JSON.parse(text)).toEqual({
    level: 'WARN',
    message: 'Security event',
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    service: 'storm-test',
    function: 'accounts',
    security: {
      event: 'login_failed',
      outcome: 'failure',
      userId: 'ann',
      network: '192.0.2.1',
      device: 'Firefox on Linux',
    },
  });
});

test('the runbook says what each kind of event means', () => {
  const runbook = readFileSync('docs/runbooks/security-log.md', 'utf8');
  const described = [...runbook.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
  expect(described.toSorted()).toEqual(Object.keys(securityEvents).toSorted());
});

test('what a person gets to see of their account is also in their recent activity, and nothing else', async () => {
  const noted: unknown[] = [];
  const record = recorder({ note: async (userId, { type, device }) => void noted.push([userId, type, device]) });
  for (const name of Object.keys(securityEvents) as SecurityEventName[])
    await record({ name, userId: 'ann', device: 'node' });
  await record({ name: 'login', device: 'node' });
  expect(log.take()).toHaveLength(Object.keys(securityEvents).length + 1);
  expect(noted).toContainEqual(['ann', 'login', 'node']);
  expect(noted).not.toContainEqual(['ann', 'login_failed', 'node']);
  expect(noted).not.toContainEqual([undefined, 'login', 'node']);
  expect(activityEntry({ name: 'exported' }, 7)).toEqual({ type: 'exported', at: 7, device: 'Unknown device' });
});
