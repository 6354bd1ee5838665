import { defineConfig } from 'vitest/config';

const project = (name: string, include: string[], more: object = {}) => ({
  test: {
    name,
    include: include.map((folder) => `${folder}/**/*.test.ts`),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What is waited for comes when the machine has time for it, which says nothing about the code.
    expect: { poll: { timeout: 30_000 } },
    ...more,
  },
});

/** For files that leave nothing behind: what they import is loaded once for all. */
const together = { isolate: false };

const waiting = { sequence: { groupOrder: 1 } };

export default defineConfig({
  test: {
    maxWorkers: 2,
    globalSetup: 'test/helpers/contract-coverage.ts',
    projects: [
      project('unit', ['test/unit', 'protocol/test', 'client/test', 'local/test/unit'], together),
      project('infra', ['test/infra'], together),
      // Not together: functions read the environment when they are loaded, and each file has tables of its own.
      project('integration', ['test/integration']),
      // After the others, which keep the cores busy: these wait for stacks, browsers and timers much of the time.
      project('local', ['local/test/integration'], { ...together, ...waiting }),
      project('e2e', ['test/e2e'], { ...waiting, testTimeout: 120_000, globalSetup: 'test/helpers/e2e.ts' }),
    ],
    coverage: {
      include: ['core/**', 'adapters/**', 'lambdas/**', 'local/**'],
      exclude: ['local/test/**'],
      reporter: ['text-summary'],
      thresholds: { lines: 80 },
    },
  },
});
