import type * as z from 'zod/mini';
import { componentName, type Json, type Target } from './names.ts';

/**
 * Makes an enumeration open. Clients ignore values that they don't know, but generated code refuses what isn't in `enum`.
 * `x-extensible-enum` is what generators know for it, and take for a text (Zalando's RESTful API guidelines, rule 112).
 */
export function open(schema: Json): void {
  if (!('enum' in schema)) return;
  schema['x-extensible-enum'] = schema['enum'];
  delete schema['enum'];
}

/** Says by which property the schemas of a union are told apart, and for OpenAPI also by which value of it. */
export function discriminate(zodSchema: z.core.$ZodType, json: z.core.JSONSchema.BaseSchema, target: Target): void {
  const { def } = (zodSchema as z.core.$ZodTypes)._zod;
  if (def.type !== 'union' || !('discriminator' in def)) return;
  const propertyName = String(def.discriminator);
  const mapping = Object.fromEntries(
    def.options.map((option, i) => [[...(option._zod.propValues?.[propertyName] ?? [])].join(), json.oneOf?.[i]?.$ref]),
  );
  json['discriminator'] = target === 'draft-7' ? propertyName : { propertyName, mapping };
}

/** Names the properties of an object that have one value only: generators make types of them. */
export function titled(name: string, schema: unknown): unknown {
  const { properties, ...rest }: Json = { ...Object(schema) };
  if (properties === undefined) return schema;
  const named = Object.entries({ ...Object(properties) }).map(([property, value]) => [
    property,
    'const' in Object(value) ? { title: name + componentName(property), ...Object(value) } : value,
  ]);
  return { ...rest, properties: Object.fromEntries(named) };
}

/**
 * Returns a copy of a schema in which a `$ref` stands by itself, and not in an `allOf`, and a value that may be null has two types. Both
 * mean the same as before, and generators find the names.
 */
export function plain(node: unknown, all: Readonly<Record<string, object>>): unknown {
  if (Array.isArray(node)) return node.map((one) => plain(one, all));
  if (typeof node !== 'object' || node === null) return node;
  const { allOf, anyOf, ...rest }: Json = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, plain(value, all)]),
  );
  const [only, ...others] = [allOf ?? []].flat();
  if (only !== undefined && others.length === 0) return { ...Object(only), ...rest };
  const [first, ...nulls] = [anyOf ?? []].flat();
  const isNullable = nulls.length === 1 && Object(nulls[0])['type'] === 'null';
  const value = isNullable ? plainValueOf(first, all) : undefined;
  if (value) return { ...value, ...rest, type: [value['type'], 'null'].flat() };
  return { ...rest, ...(allOf !== undefined && { allOf }), ...(anyOf !== undefined && { anyOf }) };
}

/** A schema, or what it refers to, if it has a type of plain values. */
function plainValueOf(schema: unknown, all: Readonly<Record<string, object>>): Json | undefined {
  const [, name = ''] = /^#\/components\/schemas\/(\w+)$/.exec(String(Object(schema)['$ref'])) ?? [];
  const { $schema: _, $id: __, ...found }: Json = { ...Object(all[name] ?? schema) };
  return ['string', 'integer', 'number'].includes(String(found['type'])) ? found : undefined;
}
