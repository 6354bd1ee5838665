import { join } from 'node:path';
import * as z from 'zod/mini';
import { jsonFile } from '../json-file.ts';
import type { World } from '../types.ts';

const known = z.object({ properties: z.unknown(), physicalId: z.string(), data: z.record(z.string(), z.unknown()) });

/** A custom resource that exists: its properties, and the answer of its function. */
export type Known = z.infer<typeof known>;

/** Keeps the custom resources for later starts. */
export function knownResources({ dataDir }: World) {
  const { entries, save } = jsonFile(join(dataDir, 'custom-resources.json'), known);
  return {
    get: (key: string): Known | undefined => entries[key],
    set(key: string, resource: Known): void {
      entries[key] = resource;
      save();
    },
  };
}
