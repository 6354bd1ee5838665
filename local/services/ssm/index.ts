import { join } from 'node:path';
import * as z from 'zod/mini';
import { handle } from '../../handle.ts';
import { perWorld } from '../../per-world.ts';
import type { World } from '../../types.ts';
import type { HttpService } from '../http-service.ts';
import { serveJsonApi } from '../json-api.ts';
import { parameterOperations } from './operations.ts';
import { ParameterStore } from './store.ts';

/** The parameters of a stack, also for the stack itself. */
export const parametersOf = perWorld((world) => {
  const store = new ParameterStore(join(world.dataDir, 'parameters.json'));
  world.whenKeeping(() => store.keep());
  return store;
});

/** Starts the part of Systems Manager that keeps parameters. */
export function startSsm(world: World): Promise<HttpService> {
  const arnPrefix = `arn:aws:ssm:${world.region}:${world.account}:parameter/`;
  const operations = parameterOperations(parametersOf(world), arnPrefix, (text) => world.localize(text));
  return serveJsonApi('SSM', operations, world);
}

const properties = z.object({
  Name: z.optional(z.string()),
  Type: z.enum(['String', 'StringList'], 'can be String or StringList only, as in CloudFormation'),
  Value: z.string(),
  Description: z.optional(z.string()),
});

/** Handles parameters. One gets its value from the template when it is new there; what the app puts later stays. */
export const parameters = handle('AWS::SSM::Parameter', properties, async (given, world, resource) => {
  const { Name, Type, Value, Description } = given;
  const name = Name ?? `CFN-${resource.stack}-${resource.logicalId}`;
  parametersOf(world).putOfTemplate({ name, value: Value, type: Type, description: Description });
  return { ref: name, attributes: { Type, Value } };
});
