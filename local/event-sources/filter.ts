import { comparisons } from '../comparisons.ts';
import { glob } from '../glob.ts';
import { isObject, memberAt, parsedJson } from '../parse.ts';
import { StackError } from '../types.ts';

export type Filter = (value: unknown) => boolean;

/**
 * Parses a filter of an event source mapping or a rule ("Filter rule syntax" in the Lambda developer guide). An object matches if
 * every key matches, and a list if one of its items does. Throws `StackError` for a rule that it doesn't know.
 */
export function parseFilter(json: string, isOfRule = false): Filter {
  // Rules of EventBridge know it, mappings of Lambda don't.
  if (!isOfRule && /\{\s*"wildcard"\s*:\s*"/.test(json))
    throw new StackError(`A filter pattern has an unknown rule: wildcard, in ${json}`);
  const pattern = parsedJson(json);
  if (pattern === undefined) throw new StackError(`A filter pattern isn't JSON: ${json}`);
  return objectFilter(asObject(pattern));
}

/**
 * Parses a filter of the bodies of a queue's messages, which look at nothing else ("Using event filtering with an Amazon SQS event source").
 * A pattern of an object wants JSON, and one of a list a text that is none; of the other kind nothing matches. @throws StackError
 */
export function parseBodyFilter(json: string): Filter {
  const matches = parseFilter(json);
  const pattern = asObject(parsedJson(json));
  const others = Object.keys(pattern).filter((key) => key !== 'body');
  if (others.length > 0)
    throw new StackError(`A filter of a queue looks at the body only, and not at ${others}: ${json}`);
  const { body: wanted } = pattern;
  return (text) => {
    const value = parsedJson(String(text));
    const isJson = value !== undefined;
    return (wanted === undefined || isJson === isObject(wanted)) && matches({ body: isJson ? value : text });
  };
}

function objectFilter(pattern: Readonly<Record<string, unknown>>): Filter {
  const filters = Object.entries(pattern).map(([key, inner]): Filter => {
    if (key === '$or') {
      const either = asList(inner).map((each) => objectFilter(asObject(each)));
      return (value) => either.some((filter) => filter(value));
    }
    const filter = Array.isArray(inner) ? listFilter(inner) : objectFilter(asObject(inner));
    return (value) => filter(memberAt(value, [key]));
  });
  return (value) => filters.every((filter) => filter(value));
}

/** Matches any of the alternatives. A value that is a list matches if one of its items does. */
function listFilter(alternatives: readonly unknown[]): Filter {
  const filters = alternatives.map(alternative);
  const matches = (value: unknown) => filters.some((filter) => filter(value));
  return (value) => (Array.isArray(value) ? value.some(matches) : matches(value));
}

function alternative(wanted: unknown): Filter {
  if (typeof wanted !== 'object' || wanted === null) return (value) => value === wanted;
  const [[operator, operand] = ['', undefined], ...others] = Object.entries(wanted);
  const filter = operators[operator];
  if (!filter || others.length > 0)
    throw new StackError(`A filter pattern has an unknown rule: ${JSON.stringify(wanted)}`);
  return filter(operand);
}

const operators: Readonly<Record<string, (operand: unknown) => Filter>> = {
  prefix: (operand) => textFilter(operand, (text, start) => text.startsWith(start)),
  suffix: (operand) => textFilter(operand, (text, end) => text.endsWith(end)),
  'equals-ignore-case': (operand) => textFilter(operand, (text, same) => text.toLowerCase() === same.toLowerCase()),
  wildcard: (operand) => textFilter(operand, (text, pattern) => glob(pattern)(text)),
  exists: (operand) => (value) => isLeaf(value) === (operand === true),
  numeric: (operand) => numericFilter(asList(operand)),
  'anything-but': (operand) => {
    const unwanted = (Array.isArray(operand) ? operand : [operand]).map(alternative);
    return (value) => isLeaf(value) && !unwanted.some((filter) => filter(value));
  },
};

function textFilter(operand: unknown, compare: (text: string, operand: string) => boolean): Filter {
  if (typeof operand !== 'string') throw new StackError(`A filter pattern needs text, not ${JSON.stringify(operand)}`);
  return (value) => typeof value === 'string' && compare(value, operand);
}

/** Parses the operand of `numeric`, such as `[">", 0, "<=", 100]`. */
function numericFilter(operand: readonly unknown[]): Filter {
  const bounds: [compare: (value: number, bound: number) => boolean, bound: number][] = [];
  for (let i = 0; i < operand.length; i += 2) {
    const compare = comparisons[String(operand[i])];
    if (!compare) throw new StackError(`A filter pattern has an unknown comparison: ${JSON.stringify(operand)}`);
    bounds.push([compare, Number(operand[i + 1])]);
  }
  return (value) => typeof value === 'number' && bounds.every(([compare, bound]) => compare(value, bound));
}

/** `exists` and `anything-but` apply to leaf values only, not to nested objects. */
function isLeaf(value: unknown): boolean {
  return value !== undefined && (typeof value !== 'object' || value === null);
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  if (isObject(value)) return value;
  throw new StackError(`A filter pattern has ${JSON.stringify(value)} in the place of an object or a list.`);
}

function asList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new StackError(`A filter pattern has ${JSON.stringify(value)} in the place of a list.`);
}
