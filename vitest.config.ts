import { defineConfig } from 'vitest/config';

const project = (name: string, folder: string, more: object = {}) => ({
  test: {
    name,
    include: [`test/${folder}/**/*.test.ts`],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What is waited for comes when the machine has time for it, which says nothing about the code.
    expect: { poll: { timeout: 30_000 } },
    ...more,
  },
});

/** For files that leave nothing behind: what they import is loaded once for all. */
const together = { isolate: false };

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      project('unit', 'unit', together),
      project('infra', 'infra', together),
      // Not together: functions read the environment when they are loaded, and each file has tables of its own.
      project('integration', 'integration', { exclude: ['test/integration/local/**'] }),
      project('local', 'integration/local', together),
      // By themselves: a browser and a whole stack keep a small machine busy.
      project('e2e', 'e2e', {
        testTimeout: 120_000,
        globalSetup: 'test/helpers/e2e.ts',
        maxWorkers: 2,
        sequence: { groupOrder: 1 },
      }),
    ],
    coverage: {
      include: ['core/**', 'adapters/**', 'lambdas/**', 'local/**'],
      reporter: ['text-summary'],
      thresholds: { lines: 80 },
    },
  },
});
