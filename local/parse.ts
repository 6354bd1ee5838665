import * as z from 'zod/mini';
import { StackError } from './types.ts';

/** Parses the properties of a resource by the supported shape. @throws StackError that names each property that doesn't fit. */
export function parseProperties<T extends z.ZodMiniType>(schema: T, properties: unknown): z.output<T> {
  const result = schema.safeParse(properties);
  if (result.success) return result.data;
  throw new StackError(result.error.issues.flatMap(faults).join('; '));
}

function faults(issue: z.core.$ZodIssue): string[] {
  const at = (more: readonly string[]) => [...issue.path, ...more].join('.') || 'Properties';
  if (issue.code !== 'unrecognized_keys') return [`${at([])}: ${issue.message}`];
  return issue.keys.map((key) => `${at([key])}: isn't supported`);
}

/** The shape without regard to members of these names, which have no local meaning. */
export const ignoring = <T extends z.ZodMiniType<unknown, Record<string, unknown>>>(
  names: readonly string[],
  shape: T,
) =>
  z.pipe(
    z.transform((given: Record<string, unknown>) =>
      Object.fromEntries(Object.entries(given).filter(([name]) => !names.includes(name))),
    ),
    shape,
  );

/** A property that can't be given. */
export const absent = z.optional(z.undefined("isn't supported"));

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A text that has something of another shape as JSON. */
export const jsonText = <T extends z.ZodMiniType>(schema: T) =>
  z.pipe(
    z.string(),
    z.transform((text: string): z.output<T> => schema.parse(JSON.parse(text))),
  );

/** Returns what a text is as JSON, or undefined if it is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Returns what a part of a URL says, or the part itself where it isn't encoded as it should be. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Returns what is at a path of keys in a value of JSON, or undefined if there is nothing. */
export function memberAt(value: unknown, keys: readonly string[]): unknown {
  const member = (of: unknown, key: string) =>
    typeof of === 'object' && of && Object.hasOwn(of, key) ? Reflect.get(of, key) : undefined;
  return keys.reduce(member, value);
}

/** Splits a text at the first separator. */
export function splitOnce(text: string, separator: string): [before: string, after: string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** A time as in the common log format: `19/Jan/2023:21:13:26 +0000`. */
export function commonLogTime(ms: number): string {
  const [, day, month, year, time] = new Date(ms).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}

// Templates may have numbers and booleans as strings.
export const Count = z.coerce.number();
export const Flag = z.union([z.boolean(), z.stringbool()]);
