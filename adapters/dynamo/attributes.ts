import * as z from 'zod/mini';

/**
 * A schema for every property of `T`, the optional ones included. A shape that `satisfies` it stores all of `T`: a property that
 * is added to `T` later has to be added to the shape, or it doesn't compile.
 */
export type Attributes<T> = { [Name in keyof Required<T>]: z.ZodMiniType<T[Name]> };

/** One of some values, to which newer versions add: what isn't among them is read as `fallback` (decision 0071). */
export function oneOf<const Value>(known: readonly Value[], fallback: NoInfer<Value>) {
  return z.pipe(
    z.unknown(),
    z.transform((value) => known.find((one) => one === value) ?? fallback),
  );
}
