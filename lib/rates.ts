/** A token bucket: how much is allowed per second, at most 1 000, and how much at once (`core/rate-limits`). */
interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** The limits of one person, or of one network address (an IPv6 network of /64 counts as one) for what needs no account. */
export interface Rates {
  /** Messages in one conversation. */
  readonly messages: Rate;
  /** Frames of any kind. Each environment of a function counts them by itself. */
  readonly frames: Rate;
  /**
   * Frames over the rate `frames`, which are refused. Over this rate the socket is closed, and the person can't connect for
   * `limits.refusedSeconds`.
   */
  readonly refusedFrames: Rate;
  /** Edits, deletions and reactions. */
  readonly revisions: Rate;
  /** New conversations. */
  readonly conversations: Rate;
  /** New direct conversations, so that a stranger can't write to everybody. */
  readonly directs: Rate;
  /** Members added to conversations. One request may add 1 000. */
  readonly membersAdded: Rate;
  readonly searches: Rate;
  /** Changes of a profile, each of which may be told to 1 000 people. */
  readonly profiles: Rate;
  /**
   * HTTP requests. One that reads much or writes takes several tokens: the `cost` of its endpoint. Each environment of a function
   * counts them by itself.
   */
  readonly requests: Rate;
  /** HTTP requests without an access token, by network address. Each environment of a function counts them by itself. */
  readonly openRequests: Rate;
  /** New accounts, by network address. A school or a conference may be one address. */
  readonly registrations: Rate;
  /** Refreshes of access tokens, of all logins. Each environment of a function counts them by itself. */
  readonly refreshes: Rate;
  /** Sockets opened. Each environment of a function counts them by itself. */
  readonly connects: Rate;
}

/** The rates of each stage. */
export const rates = {
  // These are high enough for a load generator.
  dev: {
    messages: { perSecond: 30, burst: 300 },
    frames: { perSecond: 200, burst: 2_000 },
    refusedFrames: { perSecond: 200, burst: 4_000 },
    revisions: { perSecond: 30, burst: 300 },
    conversations: { perSecond: 10, burst: 300 },
    directs: { perSecond: 10, burst: 300 },
    membersAdded: { perSecond: 500, burst: 20_000 },
    searches: { perSecond: 20, burst: 200 },
    profiles: { perSecond: 10, burst: 300 },
    requests: { perSecond: 500, burst: 5_000 },
    openRequests: { perSecond: 500, burst: 20_000 },
    registrations: { perSecond: 100, burst: 20_000 },
    refreshes: { perSecond: 20, burst: 500 },
    connects: { perSecond: 20, burst: 1_000 },
  },
  prod: {
    messages: { perSecond: 10, burst: 60 },
    frames: { perSecond: 50, burst: 300 },
    refusedFrames: { perSecond: 50, burst: 600 },
    revisions: { perSecond: 5, burst: 60 },
    conversations: { perSecond: 0.5, burst: 100 },
    directs: { perSecond: 0.005, burst: 50 },
    membersAdded: { perSecond: 10, burst: 2_000 },
    searches: { perSecond: 2, burst: 30 },
    profiles: { perSecond: 0.01, burst: 20 },
    requests: { perSecond: 20, burst: 600 },
    openRequests: { perSecond: 10, burst: 300 },
    registrations: { perSecond: 0.02, burst: 60 },
    refreshes: { perSecond: 0.2, burst: 60 },
    connects: { perSecond: 0.5, burst: 60 },
  },
} satisfies Record<string, Rates>;
