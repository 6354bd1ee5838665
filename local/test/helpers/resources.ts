import type { Created, ResourceHandler, World } from '../../types.ts';

/** Creates one resource by the handler of its type, as the stack does for a template. */
export async function createResource(
  handlers: readonly ResourceHandler[],
  world: World,
  type: string,
  properties: Readonly<Record<string, unknown>>,
  logicalId = 'Thing',
): Promise<Created> {
  const handler =
    handlers.find(({ types }) => types.includes(type)) ?? handlers.find(({ types }) => types.includes('Custom::*'));
  if (!handler) throw new Error(`no handler for ${type}`);
  return handler.create({ stack: 'Test', logicalId, type, properties }, world);
}
