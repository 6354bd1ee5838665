import type { SummaryStore } from '#core/sync/summary.ts';

/** The summaries of a user who has none, where it doesn't matter what is written. */
export const noSummaries = {
  epoch: '1',
  openings: async () => ({ completion: { since: 0, epoch: '1' }, openings: new Map() }),
  open: async () => {},
  complete: async () => {},
  forget: async () => {},
  summarize: async () => {},
} satisfies Partial<SummaryStore>;
