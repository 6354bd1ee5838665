/** The address of a stage against which the end-to-end tests run (`TARGET=https://… npm run e2e`), instead of a stack of their own. */
export const target = process.env['TARGET']?.replace(/\/$/, '');

/** The files of test/e2e that can't run against any stage, and why. */
export const localOnly = {
  'accounts.test.ts': 'reads the mails that the local stack catches',
  'client-readme.test.ts': 'registers the names of the example, which are taken the second time',
  'contract-limits.test.ts': 'has rates of its own',
  'contract-restart.slow.test.ts': 'kills the stack',
  'dev.slow.test.ts': 'changes the code',
  'flood.slow.test.ts': 'floods a stack of its own',
  'foreign-pages.test.ts': 'is about the servers on this machine',
  'media.test.ts': 'reads tables and files behind the APIs',
  'permissions.test.ts': 'records what functions ask of the database',
  'restart.slow.test.ts': 'kills the stack',
} satisfies Record<string, string>;

/** The e-mail address of a test's person. SES takes and drops mails to that of a stage ("Using the mailbox simulator"). */
export const mailOf = (username: string): string =>
  target === undefined ? `${username}@example.org` : `success+${username}@simulator.amazonses.com`;
