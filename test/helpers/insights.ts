import type { Line } from './log.ts';

const words = /as|and|or|asc|desc|like|in|by|stats|filter|fields|sort|limit|sum|count|latest|bin|ispresent/;
const notFields = new RegExp(`^(${words.source})$`);

/** The value of a field as Logs Insights finds it: `a.b` is in an object, `a.0` in a list. */
export function field(line: Line, name: string): unknown {
  return name.split('.').reduce<unknown>((value, part) => Object(value)[part], line);
}

/** Those of some lines that a query's filter lets through. It knows the conditions that our queries have, and throws for others. */
export function filtered(lines: readonly Line[], query: readonly string[], x: string): Line[] {
  const filter = query.find((command) => command.startsWith('filter '))?.slice('filter '.length) ?? 'ispresent(level)';
  return lines.filter((line) => filter.split(' or ').some((condition) => holds(line, condition, x)));
}

function holds(line: Line, condition: string, x: string): boolean {
  const [, present, name = '', operator, value = ''] =
    /^(?:ispresent\(([\w.]+)\)|([\w.]+) (=|>|like) "?([^"]*)"?)$/.exec(condition) ?? [];
  if (present) return field(line, present) !== undefined;
  const wanted = value === 'X' ? x : value;
  if (operator === '=') return field(line, name) === wanted;
  if (operator === '>') return Number(field(line, name)) > Number(wanted);
  if (operator === 'like') return String(field(line, name)).includes(wanted);
  throw new Error(`A condition that isn't known here: ${condition}`);
}

/** The fields that a query names, without those of Logs Insights itself and those that it makes. */
export function fieldsOf(query: readonly string[]): string[] {
  const text = query.join('\n').replace(/"[^"]*"|bin\([^)]*\)/g, '');
  const made = [...text.matchAll(/ as (\w+)/g)].map(([, name]) => name);
  const named = [...text.matchAll(/@?[A-Za-z_][\w.]*/g)].map(([name]) => name);
  return [...new Set(named)].filter((name) => !name.startsWith('@') && !notFields.test(name) && !made.includes(name));
}
