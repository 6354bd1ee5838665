import * as z from 'zod/mini';

/** What a page for people needs of a JSON Schema. */
export interface SchemaObject {
  readonly $ref?: string | undefined;
  readonly description?: string | undefined;
  readonly type?: string | string[] | undefined;
  readonly format?: string | undefined;
  readonly pattern?: string | undefined;
  readonly const?: unknown;
  readonly enum?: string[] | undefined;
  readonly 'x-extensible-enum'?: string[] | undefined;
  readonly anyOf?: SchemaObject[] | undefined;
  readonly oneOf?: SchemaObject[] | undefined;
  readonly items?: SchemaObject | false | undefined;
  readonly prefixItems?: SchemaObject[] | undefined;
  readonly properties?: Record<string, SchemaObject> | undefined;
  readonly required?: string[] | undefined;
  readonly additionalProperties?: SchemaObject | false | undefined;
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly maxItems?: number | undefined;
  readonly default?: unknown;
}

const texts = z.optional(z.array(z.string()));
const number = z.optional(z.number());
const text = z.optional(z.string());

export const SchemaObject: z.ZodMiniType<SchemaObject> = z.lazy(() => {
  const several = z.optional(z.array(SchemaObject));
  return z.object({
    $ref: text,
    description: text,
    type: z.optional(z.union([z.string(), z.array(z.string())])),
    format: text,
    pattern: text,
    const: z.optional(z.unknown()),
    enum: texts,
    'x-extensible-enum': texts,
    anyOf: several,
    oneOf: several,
    items: z.optional(z.union([SchemaObject, z.literal(false)])),
    prefixItems: several,
    properties: z.optional(z.record(z.string(), SchemaObject)),
    required: texts,
    additionalProperties: z.optional(z.union([SchemaObject, z.literal(false)])),
    minLength: number,
    maxLength: number,
    minimum: number,
    maximum: number,
    maxItems: number,
    default: z.optional(z.unknown()),
  });
});

/** Tells in Markdown what a value is, with its limits: `text, 8 to 128 characters`, `list of Attachment`. */
export function describe(schema: SchemaObject): string {
  if (schema.$ref) return linkTo(schema.$ref);
  if (schema.const !== undefined) return code(schema.const);
  const { enum: values, 'x-extensible-enum': open } = schema;
  if (values) return values.map(code).join(', ');
  if (open) return `${open.map(code).join(', ')}; others may be added`;
  const either = schema.anyOf ?? schema.oneOf;
  if (either) return either.map(describe).join(' or ');
  const types = [schema.type ?? 'object'].flat();
  return types.map((type) => ofType(type, schema)).join(' or ');
}

function ofType(type: string, schema: SchemaObject): string {
  const { items, prefixItems, additionalProperties, format, minLength, maxLength, minimum, maximum } = schema;
  switch (type) {
    case 'string': {
      const length = range(minLength || undefined, maxLength);
      return ['text', format && code(format), length && `${length} characters`].filter(Boolean).join(', ');
    }
    case 'integer':
    case 'number':
      return [type === 'integer' ? 'whole number' : 'number', range(minimum, maximum)].filter(Boolean).join(', ');
    case 'array':
      if (prefixItems) return `list of exactly ${prefixItems.map(describe).join(', ')}`;
      return `list of ${items ? describe(items) : 'nothing'}${schema.maxItems === undefined ? '' : `, at most ${schema.maxItems}`}`;
    case 'object':
      return additionalProperties ? `object with any keys, each ${describe(additionalProperties)}` : 'object';
    default:
      return type;
  }
}

function range(least: number | undefined, most: number | undefined): string {
  if (most === undefined) return least === undefined ? '' : `at least ${least}`;
  return least === undefined ? `at most ${most}` : `${least} to ${most}`;
}

function code(value: unknown): string {
  return `\`${String(value)}\``;
}

/** A link to the part of the page about a component, whose name is the last part of the reference. */
function linkTo(ref: string): string {
  const name = ref.slice(ref.lastIndexOf('/') + 1);
  return `[${name}](#${name.toLowerCase()})`;
}
