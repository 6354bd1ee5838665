import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { synthesize } from '#local/synth.ts';
import { startDynamoDb } from '#local/test/helpers/dynamodb.ts';
import { serveBrowser } from './browser.ts';
import { startStorm } from './storm.ts';
import { localOnly, target } from './target.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the synthesized app, which tests must not change. It is empty if they run against a target. */
    assembly: string;
    /** The URLs of a running stack of that app. */
    url: string;
    /** The endpoint of the browser server. */
    browser: string;
  }
}

/** Starts what all test files share, because it takes long to start: the synthesized app, its stack, and a browser. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  if (target !== undefined) return useTarget(target, provide);
  const folder = mkdtempSync(join(tmpdir(), 'storm-synth-'));
  const assembly = join(folder, 'cdk.out');
  await synthesize(process.cwd(), folder, assembly, () => undefined);
  // A database of the tests, which holds what the stack asks of it to more than the stack's own does.
  const database = await startDynamoDb();
  const environment = { AWS_ENDPOINT_URL_DYNAMODB: database.endpoint };
  const [storm, browser] = await Promise.all([startStorm(assembly, environment), serveBrowser()]);
  provide('assembly', assembly);
  provide('url', storm.url);
  provide('browser', browser.wsEndpoint());
  return async () => {
    await browser.close();
    await storm[Symbol.asyncDispose]();
    await database.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

/** Uses a stage that runs, and says what can't be tested there. */
async function useTarget(url: string, provide: TestProject['provide']): Promise<() => Promise<void>> {
  for (const [file, reason] of Object.entries(localOnly)) console.log(`• Skipped: ${file}, which ${reason}.`);
  const browser = await serveBrowser();
  provide('assembly', '');
  provide('url', url);
  provide('browser', browser.wsEndpoint());
  return () => browser.close();
}
