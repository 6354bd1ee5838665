import { globSync, readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { limits } from '#protocol/limits.ts';
import { numberInQuery, pageSize } from '#protocol/values.ts';
import { commentsIn } from './comments.ts';
import { discriminate, open, plain, titled } from './generators.ts';
import { componentName, type Json, refOf, refTo, type Target } from './names.ts';

export interface Schemas {
  /** The schemas by their names in `components/schemas`. */
  readonly all: Readonly<Record<string, Json>>;
  nameOf(schema: z.ZodMiniType): string;
  refTo(schema: z.ZodMiniType): Json;
}

const folder = new URL('../../protocol/', import.meta.url);
const Module = z.record(z.string(), z.unknown());

/**
 * Returns every schema that a module of `protocol/` exports as JSON Schema, with the doc comments as descriptions. `sent` are those of
 * what the server sends: their enumerations are open.
 */
export async function contractSchemas(target: Target, sent: readonly z.ZodMiniType[]): Promise<Schemas> {
  const registry = z.registry<{ id: string }>();
  const named = new Map<string, z.core.$ZodType>();
  const sources: string[] = [];
  for (const file of globSync('*.ts', { cwd: folder }).toSorted()) {
    const url = new URL(file, folder);
    for (const [name, value] of Object.entries(Module.parse(await import(url.href)))) {
      if (!(value instanceof z.core.$ZodType)) continue;
      const id = componentName(name);
      if ((named.get(id) ?? value) !== value) throw new Error(`Two schemas of protocol/ are named ${id}`);
      named.set(id, value);
      registry.add(value, { id });
    }
    sources.push(readFileSync(url, 'utf8'));
  }
  const comments = new Map([...commentsIn(sources.join('\n'))].map(([key, text]) => [componentName(key), text]));
  const { schemas } = z.toJSONSchema(registry, {
    target,
    // `input` describes what a client sends, before the server trims a text or fills in a default. It also leaves answers open
    // for additional fields.
    io: 'input',
    uri: refOf,
    override: ({ zodSchema, jsonSchema }) => {
      mend(zodSchema, jsonSchema);
      discriminate(zodSchema, jsonSchema, target);
    },
  });
  const all: Record<string, Json> = {};
  for (const [name, { $schema: _, $id: __, ...schema }] of Object.entries(schemas)) {
    const description = comments.get(name);
    const body = described(titled(name, plain(schema, schemas)), (property) => comments.get(`${name}.${property}`));
    all[name] = { ...(description !== undefined && { description }), ...Object(body) };
  }
  const nameOf = (schema: z.ZodMiniType) => {
    const name = registry.get(schema)?.id;
    if (name === undefined) throw new Error('A schema of the tables is not exported by a module of protocol/');
    return name;
  };
  const inAnswers = used(
    sent.map((schema) => refTo(nameOf(schema))),
    all,
  );
  for (const schema of Object.values(inAnswers)) open(schema);
  return { all, nameOf, refTo: (schema) => refTo(nameOf(schema)) };
}

/** Corrects what `z.toJSONSchema` derives from a schema that parses, where it is wrong or useless in a document. */
function mend(zodSchema: z.core.$ZodType, json: z.core.JSONSchema.BaseSchema): void {
  // zod sees the text of a query parameter, but OpenAPI describes the number that it spells.
  if (zodSchema === numberInQuery || zodSchema === pageSize) {
    delete json.pattern;
    delete json.$ref;
    const { max: maximum, default: fallback } = limits.pageSize;
    const range = zodSchema === pageSize ? { minimum: 1, maximum, default: fallback } : { minimum: 0 };
    Object.assign(json, { type: 'integer', ...range });
  }
  if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
  if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
  // Patterns of JSON Schema have the flag u, so RGI_Emoji, which needs v, is invalid. The pattern of a date-time is weaker than its
  // format.
  if (json.format === 'date-time' || json.pattern?.includes('\\p{RGI_Emoji}')) delete json.pattern;
}

/** Returns a copy of a schema in which the properties of all levels have their descriptions. */
function described(node: unknown, descriptionOf: (property: string) => string | undefined): unknown {
  if (Array.isArray(node)) return node.map((one) => described(one, descriptionOf));
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).map(([key, value]) => [key, described(value, descriptionOf)]);
  const copy: Json = Object.fromEntries(entries);
  if (!('properties' in copy)) return copy;
  const properties = Object.entries({ ...Object(copy['properties']) }).map(([property, schema]) => {
    const description = descriptionOf(property);
    if (description === undefined) return [property, schema];
    // Draft 7 ignores every keyword beside a $ref. People read it all the same, and `allOf` would hide the name from generators.
    return [property, { description, ...Object(schema) }];
  });
  return { ...copy, properties: Object.fromEntries(properties) };
}

/** Returns the schemas that a document refers to, directly or through other schemas. */
export function used(document: unknown, all: Readonly<Record<string, Json>>): Record<string, Json> {
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
