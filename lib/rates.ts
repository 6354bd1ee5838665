/** What one person may do: so much lasts, and so much at once. Tokens of a ms or more: at most 1 000 a second. */
interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export interface Rates {
  /** Messages in one conversation. */
  readonly messages: Rate;
  /** Frames of any kind that one environment of a function takes. */
  readonly frames: Rate;
  /** Edits, deletions and reactions. */
  readonly revisions: Rate;
  /** Conversations made. */
  readonly conversations: Rate;
  /** People added to conversations; one request may name 1 000. */
  readonly membersAdded: Rate;
  readonly searches: Rate;
}

/** Of each stage. */
export const rates = {
  // Generous: also for whoever tries it out with a load generator.
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
