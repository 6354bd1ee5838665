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
  /** Different emoji on one message, and people listed with each: no more, or the longest message would outgrow a frame. */
  emojiPerMessage: 20,
  listedReactors: 8,
  editsPerMessage: 50,
  /** Up to this size of a conversation its members see each other's receipts and typing. */
  receiptMembers: 100,
  typingMembers: 100,
  /** A client says that someone types once per this time; others forget it after the other. */
  typingEverySeconds: 3,
  typingLapseSeconds: 6,
  presenceUserIds: 100,
  blockedUsers: 1_000,
  mediaBytes: { image: 10 * 1024 * 1024, video: 100 * 1024 * 1024 },
  /** Width times height, of all frames together. */
  imagePixels: 40_000_000,
  thumbnailPixels: 320,
  /** The sides of an avatar's squares. */
  avatarPixels: [96, 512],
  uploadSeconds: 300,
  /** What one person may upload in a day (UTC). */
  mediaPerDay: { files: 200, bytes: 1024 * 1024 * 1024 },
  mediaPerMessage: 10,
  /** Messages that can carry one file; then it must be uploaded again. */
  messagesPerMedia: 100,
  /** Devices of one person that are pushed to; the one that subscribed first makes room. */
  pushSubscriptions: 10,
  searchCharacters: 200,
  /** Hits of one page. */
  searchHits: 25,
  syncCursors: 10_000,
  /** Changes after which an id without a recent `after` can't be judged any more. */
  staleChanges: 10_000,
  accessTokenSeconds: 600,
  refreshTokenSeconds: 30 * 24 * 3600,
} as const;
