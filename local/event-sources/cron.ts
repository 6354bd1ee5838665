import { StackError } from '../types.ts';

/** Tells whether a schedule is due in the minute of a time. */
export type Cron = (time: Date) => boolean;

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

type Field = (typeof fields)[number];
const none: readonly string[] = [];
const fields = [
  { name: 'minutes', min: 0, max: 59, names: none },
  { name: 'hours', min: 0, max: 23, names: none },
  { name: 'day of month', min: 1, max: 31, names: none },
  { name: 'month', min: 1, max: 12, names: months },
  { name: 'day of week', min: 1, max: 7, names: weekdays },
  { name: 'year', min: 1970, max: 2199, names: none },
];

/**
 * Parses the fields of `cron(minutes hours day-of-month month day-of-week year)` for a time zone ("Cron expressions reference" in
 * the EventBridge user guide). Throws `StackError` for `L`, `W` and `#`.
 */
export function parseCron(expression: string, timeZone: string): Cron {
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== fields.length) throw new StackError(`cron(${expression}) must have six fields.`);
  const allowed = fields.map((field, index) => parseField(parts[index] ?? '', field));
  const [hour, minute, day, month, year] = Array<'numeric'>(5).fill('numeric');
  const shown = { hourCycle: 'h23', minute, hour, day, month, weekday: 'short', year } as const;
  const format = new Intl.DateTimeFormat('en-US', { timeZone, ...shown });
  return (time) => {
    const now = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
    const weekday = weekdays.indexOf(String(now['weekday']).toUpperCase()) + 1;
    const values = [now['minute'], now['hour'], now['day'], now['month'], weekday, now['year']].map(Number);
    return allowed.every((numbers, index) => numbers.has(values[index] ?? Number.NaN));
  };
}

/** Returns the numbers that a field allows. */
function parseField(text: string, field: Field): ReadonlySet<number> {
  return new Set(text.split(',').flatMap((item) => parseItem(item, field)));
}

/** Parses `*`, `?`, `5`, `1-5`, `MON-FRI`, or one of these with a step such as `0/15`. */
function parseItem(item: string, field: Field): number[] {
  const [, from = '', to, step] = /^(\*|\?|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(item) ?? [];
  const isAny = from === '*' || from === '?';
  const first = isAny ? field.min : toNumber(from, field);
  const last = isAny || (step !== undefined && to === undefined) ? field.max : toNumber(to ?? from, field);
  if (!(first >= field.min && last <= field.max && first <= last))
    throw new StackError(`The ${field.name} of a cron expression can't be ${item}.`);
  const numbers: number[] = [];
  for (let number = first; number <= last; number += Number(step ?? 1) || Number.POSITIVE_INFINITY)
    numbers.push(number);
  return numbers;
}

function toNumber(text: string, { names, min }: Field): number {
  const index = names.indexOf(text.toUpperCase());
  return index < 0 ? Number(text || Number.NaN) : index + min;
}
