/**
 * `T` with all properties required. A literal that `satisfies` it doesn't compile if a property is missing that was added later.
 */
export type Complete<T> = { [Property in keyof Required<T>]: T[Property] };
