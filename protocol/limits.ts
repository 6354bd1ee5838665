/** Numbers of the contract. Sizes in bytes, times in seconds unless the name says otherwise. */
export const limits = {
  /** API Gateway's own limit for one WebSocket frame ("Quotas for configuring and running a WebSocket API"). */
  frameBytes: 32 * 1024,
  textCharacters: 4_000,
  passwordCharacters: { min: 8, max: 128 },
  displayNameCharacters: 64,
  bioCharacters: 500,
  groupNameCharacters: 100,
  groupMembers: 10_000,
  /** Members that a `Conversation` lists; larger groups are paged through `/members`. */
  listedMembers: 50,
  memberIdsPerRequest: 1_000,
  pageSize: { default: 50, max: 100 },
  syncCursors: 10_000,
  /** Changes after which an id without a recent `after` can't be judged any more. */
  staleChanges: 10_000,
  accessTokenSeconds: 600,
  refreshTokenSeconds: 30 * 24 * 3600,
} as const;
