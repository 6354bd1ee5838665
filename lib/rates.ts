/** A token bucket for one user: how much they may do per second, at most 1 000, and how much at once (`core/rate-limits`). */
interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export interface Rates {
  /** Messages in one conversation. */
  readonly messages: Rate;
  /** Frames of any kind. Each environment of a function counts them by itself. */
  readonly frames: Rate;
  /** Edits, deletions and reactions. */
  readonly revisions: Rate;
  /** New conversations. */
  readonly conversations: Rate;
  /** Members added to conversations. One request may add 1 000. */
  readonly membersAdded: Rate;
  readonly searches: Rate;
}

/** The rates of each stage. */
export const rates = {
  // These are high enough for a load generator.
  dev: {
    messages: { perSecond: 30, burst: 300 },
    frames: { perSecond: 200, burst: 2_000 },
    revisions: { perSecond: 30, burst: 300 },
    conversations: { perSecond: 10, burst: 300 },
    membersAdded: { perSecond: 500, burst: 20_000 },
    searches: { perSecond: 20, burst: 200 },
  },
  prod: {
    messages: { perSecond: 10, burst: 60 },
    frames: { perSecond: 50, burst: 300 },
    revisions: { perSecond: 5, burst: 60 },
    conversations: { perSecond: 0.5, burst: 100 },
    membersAdded: { perSecond: 10, burst: 2_000 },
    searches: { perSecond: 2, burst: 30 },
  },
} satisfies Record<string, Rates>;
