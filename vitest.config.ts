import { defineConfig } from 'vitest/config';

const project = (name: string, more: object = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What is waited for comes when the machine has time for it, which says nothing about the code.
    expect: { poll: { timeout: 30_000 } },
    ...more,
  },
});

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      project('unit'),
      project('infra'),
      project('integration'),
      // By themselves: a browser and a whole stack keep a small machine busy.
      project('e2e', {
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
