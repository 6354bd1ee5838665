import { defineConfig } from 'vitest/config';
import { Sequencer } from './test/helpers/sequencer.ts';
import { localOnly, target } from './test/helpers/target.ts';

/** A project's own files are left out by `!`, because `exclude` would replace that of the command line, which leaves out the slow ones. */
const project = (name: string, include: string[], more: object = {}) => ({
  test: {
    name,
    include: include.map((folder) => (folder.endsWith('.ts') ? folder : `${folder}/**/*.test.ts`)),
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

/**
 * Files of `test/integration` with all functions (`startApi`), which share the functions and the services that these call. Those that
 * deploy, want other rates, or set the environment first have a process of their own.
 */
const api = [
  'accounts-http',
  'apart',
  'attacks/*',
  'bounds',
  'chat-handlers',
  'credentials',
  'end-logins',
  'invitations',
  'large-rooms',
  'mails',
  'newer-rows',
  'next-file',
  'open-routes',
  'people',
  'presence-fanout',
  'presence',
  'privacy',
  'push',
  'receipts',
  'revising',
  'search-handler',
  'security-log',
  'whole',
].map((name) => `test/integration/${name}.test.ts`);

/** The files of `test/e2e` that can't run against the stage that is tested. */
const notThere = target === undefined ? [] : Object.keys(localOnly);

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
      project('tables', tables, together),
      project('api', api, together),
      project('integration', ['test/integration', ...[...tables, ...api].map((file) => `!${file}`)]),
      project('local', ['local/test/integration', 'local/examples/vitest'], together),
      project('e2e', ['test/e2e', ...notThere.map((file) => `!test/e2e/${file}`)], {
        ...together,
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
