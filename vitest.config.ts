import { defineConfig } from 'vitest/config';
import { Sequencer } from './test/helpers/sequencer.ts';
import { localOnly, target } from './test/helpers/target.ts';

const project = (name: string, include: string[], more: object = {}) => ({
  test: {
    name,
    include: include.map((folder) => `${folder}/**/*.test.ts`),
    // How long something takes on a busy machine says nothing about the code: these end what hangs.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000 } },
    ...more,
  },
});

/** Files of `test/integration` that hand the database to what they test, and leave nothing behind in their process. */
const tables = [
  'accounts',
  'accounts-tokens',
  'blocks',
  'conversations',
  'erasure',
  'full-group',
  'guesses',
  'many-conversations',
  'open-sockets',
  'rate-limits',
  'receipt-races',
  'revise-invariants',
  'search',
  'send-invariants',
  'send-limits',
  'sockets',
  'summary-invariants',
].map((name) => `test/integration/${name}.test.ts`);

/** For files that leave nothing behind: what they import is loaded once for all. */
const together = { isolate: false };

export default defineConfig({
  test: {
    // Two more than a small machine has cores, since each test waits now and then: for a database, a timer, a stack or a page.
    maxWorkers: 4,
    sequence: { sequencer: Sequencer },
    globalSetup: 'test/helpers/contract-coverage.ts',
    projects: [
      project('unit', ['test/unit', 'protocol/test', 'client/test', 'checker/test', 'local/test/unit'], together),
      project('infra', ['test/infra'], { ...together, globalSetup: 'test/infra/apps.ts' }),
      project('tables', [], { ...together, include: tables }),
      project('integration', ['test/integration'], { exclude: tables }),
      project('local', ['local/test/integration', 'local/examples/vitest'], together),
      project('e2e', ['test/e2e'], {
        ...together,
        exclude: target === undefined ? [] : Object.keys(localOnly).map((file) => `test/e2e/${file}`),
        globalSetup: 'test/helpers/e2e.ts',
      }),
    ],
    coverage: {
      include: ['core/**/*.ts', 'adapters/**/*.ts', 'lambdas/**/*.ts', 'local/**/*.ts'],
      exclude: ['local/test/**'],
      reporter: ['text-summary'],
      thresholds: { lines: 80 },
    },
  },
});
