import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject, Vitest } from 'vitest/node';
import { actions } from '#protocol/actions.ts';
import { Event } from '#protocol/events.ts';
import { codes } from '#protocol/failures.ts';
import { operations } from '#protocol/operations.ts';

/** The environment variable with the folder in which every worker notes what it has seen. */
const variable = 'CONTRACT_COVERAGE';

const contract = {
  route: Object.keys(operations),
  action: Object.keys(actions),
  event: [...(Event._zod.propValues['type'] ?? [])].map(String),
  code: Object.keys(codes),
};

const noted = new Set<string>();

/** Notes that a route or an action succeeded, an event was pushed, or a request failed with a code. */
export function note(kind: keyof typeof contract, name: string): void {
  const folder = process.env[variable];
  const line = `${kind} ${name}`;
  if (folder === undefined || noted.has(line)) return;
  noted.add(line);
  appendFileSync(join(folder, String(process.pid)), `${line}\n`);
}

/** Makes a complete test run fail in which something of the contract was never seen on the wire. */
export default function setup({ vitest }: TestProject): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'contract-coverage-'));
  process.env[variable] = folder;
  return async () => {
    const seen = new Set(readdirSync(folder).flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n')));
    rmSync(folder, { recursive: true });
    if (!(await isComplete(vitest))) return;
    const unseen = Object.entries(contract)
      .flatMap(([kind, names]) => names.map((name) => `${kind} ${name}`))
      .filter((line) => !seen.has(line));
    if (unseen.length > 0) throw new Error(`No test has seen on the wire: ${unseen.join(', ')}`);
  };
}

/** Whether all tests of all files have run. */
async function isComplete(vitest: Vitest): Promise<boolean> {
  const { project, testNamePattern } = vitest.config;
  const files = await vitest.globTestSpecifications();
  return project.length === 0 && !testNamePattern && vitest.state.getTestModules().length === files.length;
}
