import { defineConfig } from 'vitest/config';

const project = (name: string, more: object = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: 60_000, hookTimeout: 60_000, ...more },
});

export default defineConfig({
  test: {
    projects: [
      project('unit'),
      project('infra'),
      project('integration'),
      project('e2e', { testTimeout: 120_000, globalSetup: 'test/helpers/synth-once.ts' }),
    ],
    coverage: {
      include: ['core/**', 'adapters/**', 'lambdas/**', 'local/**'],
      reporter: ['text-summary'],
      thresholds: { lines: 80 },
    },
  },
});
