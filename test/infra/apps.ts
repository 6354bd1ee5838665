import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder for what apps of the CDK write. */
    appsFolder: string;
  }
}

/** Makes a folder for the apps of all test files, and deletes it after the run. */
export default function setup({ provide }: TestProject): () => void {
  const folder = mkdtempSync(path.join(tmpdir(), 'apps-'));
  provide('appsFolder', folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
