export type Json = { [key: string]: unknown };

/** OpenAPI 3.1 uses JSON Schema draft 2020-12, and AsyncAPI 3.0 uses draft 7. */
export type Target = 'draft-2020-12' | 'draft-7';

export function refTo(name: string): Json {
  return { $ref: refOf(name) };
}

export function refOf(name: string): string {
  return `#/components/schemas/${name}`;
}

/** Capitalises a name, because the schemas of plain values are exported in lower case. */
export function componentName(name: string): string {
  return name.replace(/^./, (first) => first.toUpperCase());
}
