import { globSync, readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { limits } from '../../protocol/limits.ts';
import { numberInQuery, pageSize } from '../../protocol/values.ts';
import { commentsIn } from './comments.ts';

export type Json = { [key: string]: unknown };

export interface Schemas {
  /** By their names in `components/schemas`. */
  readonly all: Readonly<Record<string, Json>>;
  nameOf(schema: z.ZodMiniType): string;
  refTo(schema: z.ZodMiniType): Json;
}

const folder = new URL('../../protocol/', import.meta.url);
const Module = z.record(z.string(), z.unknown());

/** Every schema that a module of `protocol/` exports, as JSON Schema, with the doc comments as descriptions. */
export async function contractSchemas(target: 'draft-2020-12' | 'draft-7'): Promise<Schemas> {
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
  for (const [name, { $schema: _, $id: __, ...schema }] of Object.entries(schemas))
    all[name] = described(name, schema, comments, target);
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
    json.type = 'integer';
    json.minimum = 0;
    if (zodSchema === pageSize) Object.assign(json, { minimum: 1, maximum: limits.pageSize.max });
    if (zodSchema === pageSize) json.default = limits.pageSize.default;
  }
  if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
  if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
  // JSON Schema's expressions have the flag u, not v; that of date-time says less than the format does.
  if (json.format === 'date-time' || json.pattern?.includes('\\p{RGI_Emoji}')) delete json.pattern;
}

function described(name: string, schema: Json, comments: ReadonlyMap<string, string>, target: string): Json {
  const own = comments.get(name);
  return { ...(own !== undefined && { description: own }), ...properties(schema) };

  function properties(node: Json): Json {
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => [key, key === 'properties' ? each(value) : below(value)]),
    );
  }

  function below(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(below);
    return typeof value === 'object' && value !== null ? properties({ ...value }) : value;
  }

  function each(value: unknown): Json {
    const described = Object.entries({ ...Object(value) }).map(([property, node]) => {
      const description = comments.get(`${name}.${property}`);
      const inner = properties({ ...Object(node) });
      if (description === undefined) return [property, inner];
      // In draft 7 nothing counts beside a $ref.
      const alone = '$ref' in inner && target === 'draft-7';
      return [property, { description, ...(alone ? { allOf: [inner] } : inner) }];
    });
    return Object.fromEntries(described);
  }
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
