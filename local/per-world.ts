import type { World } from './types.ts';

/** Returns what gives the part of a stack that `create` makes, once for each stack. */
export function perWorld<T>(create: (world: World) => T): (world: World) => T {
  const parts = new WeakMap<World, T>();
  return (world) => {
    const part = parts.get(world) ?? create(world);
    parts.set(world, part);
    return part;
  };
}
