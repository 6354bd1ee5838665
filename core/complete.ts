/** Every property of `T`, the optional ones included: a literal that `satisfies` it can't forget one that is added later. */
export type Complete<T> = { [Property in keyof Required<T>]: T[Property] };
