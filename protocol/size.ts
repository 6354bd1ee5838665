import * as z from 'zod/mini';

/** How large a JSON text can be that a schema accepts. */
export interface Size {
  /** In UTF-16 code units, without blanks. */
  readonly units: number;
  /** Values of all kinds, on all levels. */
  readonly values: number;
  /** Levels of objects and arrays within each other. */
  readonly depth: number;
}

/** `\u0041`: an encoder may write each code unit of a text like this. Formats, such as that of an id, are plain ASCII. */
const escapedUnits = 6;
/** `-1.7976931348623157e+308` */
const numberUnits = 24;

const leaf = (units: number): Size => ({ units, values: 1, depth: 0 });
const text = (value: unknown) => leaf(JSON.stringify(value).length);
const largest = (sizes: readonly Size[]): Size => ({
  units: Math.max(0, ...sizes.map(({ units }) => units)),
  values: Math.max(1, ...sizes.map(({ values }) => values)),
  depth: Math.max(0, ...sizes.map(({ depth }) => depth)),
});

/**
 * Returns the size of the largest JSON text that a schema accepts. Fields that a schema ignores don't count. Throws if a part of the
 * schema has no largest value, such as a text without a length: what a client sends must have one, so that larger bodies can be
 * refused before they are parsed (decision 0097).
 */
export function sizeOf(schema: z.core.$ZodType): Size {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'string':
      return leaf(2 + longest(schema, def.checks) * (hasFormat(def.checks) ? 1 : escapedUnits));
    case 'number':
      return leaf(numberUnits);
    case 'boolean':
      return text(false);
    case 'literal':
      return largest(def.values.map(text));
    case 'enum':
      return largest(Object.values(def.entries).map(text));
    case 'optional':
    case 'default':
    case 'nullable':
      return largest([text(null), sizeOf(def.innerType)]);
    case 'pipe':
      return sizeOf(def.in);
    case 'union':
      return largest(def.options.map(sizeOf));
    case 'array':
      return container(longest(schema, def.checks), leaf(0), sizeOf(def.element));
    case 'record':
      return container(
        Number(z.globalRegistry.get(schema)?.['maxProperties'] ?? missing(schema)),
        sizeOf(def.keyType),
        sizeOf(def.valueType),
      );
    case 'object':
      return Object.entries(def.shape).reduce(
        (all, [key, value]) => {
          const { units, values, depth } = sizeOf(value);
          return {
            units: all.units + JSON.stringify(key).length + units + 2,
            values: all.values + values,
            depth: Math.max(all.depth, depth + 1),
          };
        },
        { units: 2, values: 1, depth: 1 },
      );
    default:
      return missing(schema);
  }
}

/** So many times a key and a value, each with a colon and a comma, between brackets. */
function container(count: number, key: Size, value: Size): Size {
  return {
    units: 2 + count * (key.units + value.units + 2),
    values: 1 + count * value.values,
    depth: 1 + value.depth,
  };
}

type Checks = readonly z.core.$ZodCheck<never>[] | undefined;
/** zod's own union of all checks: a check's type doesn't say which of them it is. */
const defs = (checks: Checks = []) => checks.map(({ _zod }) => _zod.def as z.core.$ZodChecks['_zod']['def']);

function longest(schema: z.core.$ZodType, checks: Checks): number {
  const lengths = defs(checks).flatMap((def) =>
    def.check === 'max_length' ? def.maximum : def.check === 'length_equals' ? def.length : [],
  );
  return lengths.length > 0 ? Math.min(...lengths) : missing(schema);
}

const hasFormat = (checks: Checks) =>
  defs(checks).some((def) => def.check === 'string_format' && def.format !== 'regex');

function missing(schema: z.core.$ZodType): never {
  throw new Error(`The schema has no largest size: ${schema._zod.def.type}`);
}
