import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { StackError, type World } from '../types.ts';

const known = z.object({ properties: z.unknown(), physicalId: z.string(), data: z.record(z.string(), z.unknown()) });
const file = z.record(z.string(), known);

/** A custom resource that exists: its properties, and the answer of its function. */
export type Known = z.infer<typeof known>;

/** Keeps the custom resources for later starts. The file is readable only by its owner, because answers may contain secrets. */
export function knownResources({ dataDir }: World) {
  const path = join(dataDir, 'custom-resources.json');
  const all = read(path);
  return {
    get: (key: string): Known | undefined => all[key],
    set(key: string, resource: Known): void {
      all[key] = resource;
      writeFileSync(`${path}.new`, JSON.stringify(all, null, 2), { mode: 0o600 });
      renameSync(`${path}.new`, path);
    },
  };
}

function read(path: string): Record<string, Known> {
  if (!existsSync(path)) return {};
  try {
    return file.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    throw new StackError(`${path} can't be read; restore it, or remove the data folder.`);
  }
}
