import { createJournal } from '#adapters/s3/journal.ts';
import { setting } from './environment.ts';

/** The journal of erasures and blocks, which outlives a restore. */
export const journal = createJournal(setting('JOURNAL_BUCKET'));
