import * as z from 'zod/mini';
import { StackError } from './types.ts';

/** Parses the properties of a resource by the supported shape. @throws StackError that names each property that doesn't fit. */
export function parseProperties<T extends z.ZodMiniType>(schema: T, properties: unknown): z.output<T> {
  const result = schema.safeParse(properties);
  if (result.success) return result.data;
  throw new StackError(
    result.error.issues.map(({ path, message }) => `${path.join('.') || 'Properties'}: ${message}`).join('; '),
  );
}

// Templates may have numbers and booleans as strings.
export const Count = z.coerce.number();
export const Flag = z.union([z.boolean(), z.stringbool()]);
