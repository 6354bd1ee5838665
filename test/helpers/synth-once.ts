import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { synthesize } from '../../local/synth.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the synthesized app. */
    assembly: string;
  }
}

/** Synthesizes the app, once for all test files of a project. */
export default async function setup({ provide }: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'storm-synth-'));
  const assembly = join(folder, 'cdk.out');
  await synthesize(process.cwd(), folder, assembly, () => undefined);
  provide('assembly', assembly);
  return () => rmSync(folder, { recursive: true, force: true });
}
