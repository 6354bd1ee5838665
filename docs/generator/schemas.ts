import { globSync, readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { limits } from '#protocol/limits.ts';
import { numberInQuery, pageSize } from '#protocol/values.ts';
import { commentsIn } from './comments.ts';

export type Json = { [key: string]: unknown };

/** OpenAPI 3.1 has the newer draft, AsyncAPI 3.0 the older one. */
type Target = 'draft-2020-12' | 'draft-7';

export interface Schemas {
  /** By their names in `components/schemas`. */
  readonly all: Readonly<Record<string, Json>>;
  nameOf(schema: z.ZodMiniType): string;
  refTo(schema: z.ZodMiniType): Json;
}

const folder = new URL('../../protocol/', import.meta.url);
const Module = z.record(z.string(), z.unknown());

/** Every schema that a module of `protocol/` exports, as JSON Schema, with the doc comments as descriptions. */
export async function contractSchemas(target: Target): Promise<Schemas> {
  const registry = z.registry<{ id: string }>();
  const sources: string[] = [];
  for (const file of globSync('*.ts', { cwd: folder }).toSorted()) {
    const url = new URL(file, folder);
    for (const [name, value] of Object.entries(Module.parse(await import(url.href))))
      if (value instanceof z.core.$ZodType) registry.add(value, { id: componentName(name) });
    sources.push(readFileSync(url, 'utf8'));
  }
  const comments = new Map([...commentsIn(sources.join('\n'))].map(([key, text]) => [componentName(key), text]));
  const { schemas } = z.toJSONSchema(registry, {
    target,
    // What goes over the wire, before anything is trimmed or filled in. Answers have no such steps, and stay open for more.
    io: 'input',
    uri: refOf,
    override: ({ zodSchema, jsonSchema }) => mend(zodSchema, jsonSchema),
  });
  const all: Record<string, Json> = {};
  for (const [name, { $schema: _, $id: __, ...schema }] of Object.entries(schemas)) {
    const description = comments.get(name);
    const body = described(schema, (property) => comments.get(`${name}.${property}`), target);
    all[name] = { ...(description !== undefined && { description }), ...Object(body) };
  }
  const nameOf = (schema: z.ZodMiniType) => {
    const name = registry.get(schema)?.id;
    if (name === undefined) throw new Error('A schema of the tables is not exported by a module of protocol/');
    return name;
  };
  return { all, nameOf, refTo: (schema) => ({ $ref: refOf(nameOf(schema)) }) };
}

function refOf(name: string): string {
  return `#/components/schemas/${name}`;
}

/** The schemas of plain values are exported in lower case. */
function componentName(name: string): string {
  return name.replace(/^./, (first) => first.toUpperCase());
}

/** Puts right what a schema for parsing says of itself that is not so, or of no use, to others. */
function mend(zodSchema: z.core.$ZodType, json: z.core.JSONSchema.BaseSchema): void {
  // Text in a query is a number to whoever documents it.
  if (zodSchema === numberInQuery || zodSchema === pageSize) {
    delete json.pattern;
    delete json.$ref;
    const { max: maximum, default: fallback } = limits.pageSize;
    const range = zodSchema === pageSize ? { minimum: 1, maximum, default: fallback } : { minimum: 0 };
    Object.assign(json, { type: 'integer', ...range });
  }
  if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
  if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
  // JSON Schema's expressions have the flag u, not v; that of date-time says less than the format does.
  if (json.format === 'date-time' || json.pattern?.includes('\\p{RGI_Emoji}')) delete json.pattern;
}

/** A schema with descriptions of its properties, however deep they lie. */
function described(node: unknown, descriptionOf: (property: string) => string | undefined, target: Target): unknown {
  if (Array.isArray(node)) return node.map((one) => described(one, descriptionOf, target));
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).map(([key, value]) => [key, described(value, descriptionOf, target)]);
  const copy: Json = Object.fromEntries(entries);
  if (!('properties' in copy)) return copy;
  const properties = Object.entries({ ...Object(copy['properties']) }).map(([property, schema]) => {
    const description = descriptionOf(property);
    if (description === undefined) return [property, schema];
    // In draft 7 nothing counts beside a $ref.
    const alone = '$ref' in Object(schema) && target === 'draft-7';
    return [property, { description, ...(alone ? { allOf: [schema] } : Object(schema)) }];
  });
  return { ...copy, properties: Object.fromEntries(properties) };
}

/** Those of the schemas that a document names, directly or through others. */
export function used(document: unknown, { all }: Schemas): Record<string, Json> {
  const names = new Set<string>();
  const visit = (node: unknown): void => {
    for (const [, name = ''] of JSON.stringify(node).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (names.has(name)) continue;
      names.add(name);
      visit(all[name]);
    }
  };
  visit(document);
  return Object.fromEntries([...names].toSorted().map((name) => [name, all[name] ?? {}]));
}
