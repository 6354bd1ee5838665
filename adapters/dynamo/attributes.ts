import * as z from 'zod/mini';

/**
 * The shape of a schema that has all properties of `T`, also the optional ones. If a shape `satisfies` it, a property that is
 * added to `T` later must be added to the shape, or the code doesn't compile.
 */
export type Attributes<T> = { [Name in keyof Required<T>]: z.ZodMiniType<T[Name]> };

/** A schema for one of the known values. Any other value may be from a newer version, and is read as `fallback` (decision 0071). */
export function oneOf<const Value>(known: readonly Value[], fallback: NoInfer<Value>) {
  return z.pipe(
    z.unknown(),
    z.transform((value) => known.find((one) => one === value) ?? fallback),
  );
}
