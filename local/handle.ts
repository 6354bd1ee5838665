import type * as z from 'zod/mini';
import { parseProperties } from './parse.ts';
import type { Created, Resource, ResourceHandler, World } from './types.ts';

type Create<T extends z.ZodMiniType> = (given: z.output<T>, world: World, resource: Resource) => Promise<Created>;

/** Returns the handler of a type whose properties have this shape. It throws `StackError` for others. */
export function handle<T extends z.ZodMiniType>(type: string, shape: T, create: Create<T>): ResourceHandler {
  return {
    types: [type],
    create: async (resource, world) => create(parseProperties(shape, resource.properties), world, resource),
  };
}

/** For resources that are created again when they have changed, and leave nothing behind that has to be taken away. */
export function handleChanging<T extends z.ZodMiniType>(type: string, shape: T, create: Create<T>): ResourceHandler {
  return { ...handle(type, shape, create), changes: true, remove() {} };
}
