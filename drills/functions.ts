import * as z from 'zod/mini';
import { readAssembly } from '#local/assembly/manifest.ts';
import { physicalName } from '#local/assembly/skipped.ts';

const Named = z.object({ Environment: z.object({ Variables: z.object({ FUNCTION: z.string() }) }) });

/** The names of an assembly's functions on the local stack, by their folders below `lambdas/`. */
export function functionNames(assemblyDir: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { name: stack, template } of readAssembly(assemblyDir).stacks)
    for (const [logicalId, { Type: type, Properties: properties = {} }] of Object.entries(template.Resources)) {
      if (type !== 'AWS::Lambda::Function') continue;
      const { data } = Named.safeParse(properties);
      if (data)
        names.set(data.Environment.Variables.FUNCTION, physicalName({ stack, logicalId, type, properties }).slice(-64));
    }
  return names;
}
