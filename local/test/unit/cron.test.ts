import { expect, test } from 'vitest';
import { parseCron } from '../../event-sources/cron.ts';
import { StackError } from '../../types.ts';

/** Whether it is due at a time, given as `2026-11-22T07:31` in UTC. */
const isDue = (expression: string, time: string, timeZone = 'UTC') =>
  parseCron(expression, timeZone)(new Date(`${time}:30Z`));

// Expressions from "Cron expressions reference" in the EventBridge user guide; 22 November 2026 is a Sunday.
test.each([
  ['0 10 * * ? *', ['2026-11-22T10:00'], ['2026-11-22T10:01', '2026-11-22T22:00']],
  ['15 12 * * ? *', ['2026-11-22T12:15'], ['2026-11-22T12:00']],
  ['0 18 ? * MON-FRI *', ['2026-11-23T18:00', '2026-11-27T18:00'], ['2026-11-22T18:00', '2026-11-28T18:00']],
  ['0 8 1 * ? *', ['2026-12-01T08:00'], ['2026-12-02T08:00']],
  ['0/15 * * * ? *', ['2026-11-22T00:00', '2026-11-22T09:45'], ['2026-11-22T09:50']],
  ['0/10 * ? * MON-FRI *', ['2026-11-23T03:20'], ['2026-11-22T03:20']],
  ['0/5 8-17 ? * MON-FRI *', ['2026-11-23T17:55'], ['2026-11-23T18:00', '2026-11-23T07:55']],
  ['0 9 ? * 1,sat *', ['2026-11-22T09:00', '2026-11-28T09:00'], ['2026-11-23T09:00']],
  ['0 0 1 JAN,JUL ? 2027-2028', ['2027-01-01T00:00', '2028-07-01T00:00'], ['2026-07-01T00:00', '2027-02-01T00:00']],
  ['10-30/10 0 * * ? *', ['2026-11-22T00:10', '2026-11-22T00:30'], ['2026-11-22T00:00', '2026-11-22T00:40']],
])('%s', (expression, due, notDue) => {
  for (const time of due) expect(isDue(expression, time), time).toBe(true);
  for (const time of notDue) expect(isDue(expression, time), time).toBe(false);
});

test('the time zone decides, in summer and in winter', () => {
  expect(isDue('0 9 * * ? *', '2026-11-22T08:00', 'Europe/Berlin')).toBe(true);
  expect(isDue('0 9 * * ? *', '2026-07-22T07:00', 'Europe/Berlin')).toBe(true);
  expect(isDue('0 0 * * ? *', '2026-11-22T23:00', 'Europe/Berlin')).toBe(true);
});

test.each([
  '* * * * *',
  '60 * * * ? *',
  '* 24 * * ? *',
  '* * L * ? *',
  '* * ? * 6#3 *',
  '* * 15W * ? *',
  '5-1 * * * ? *',
  'x * * * ? *',
  '- * * * ? *',
])('%s is refused', (expression) => {
  expect(() => parseCron(expression, 'UTC')).toThrow(StackError);
});
