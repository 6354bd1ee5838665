/** The numbers of the contract. Each name ends in the unit, or names what is counted. */
export const limits = {
  /** API Gateway's limit for one WebSocket frame ("Quotas for configuring and running a WebSocket API in API Gateway"). */
  frameBytes: 32 * 1024,
  textCharacters: 4_000,
  passwordCharacters: { min: 8, max: 128 },
  displayNameCharacters: 64,
  bioCharacters: 500,
  groupNameCharacters: 100,
  groupMembers: 10_000,
  /** Invitations that one person has at a time. One more displaces the oldest by a stranger. */
  invitations: 100,
  /** What people whom a person doesn't know can do to them in one day (UTC). Beyond the first number they invite. */
  strangersPerDay: { memberships: 20, invitations: 100 },
  /** How many members a `Conversation` lists. Clients page through `/members` for the others. */
  listedMembers: 50,
  memberIdsPerRequest: 1_000,
  pageSize: { default: 50, max: 100 },
  /** How many changes of a group and its members a page of history has beside its messages. */
  historyChanges: 100,
  /** Different emoji on one message, and people listed with each emoji. With more, the longest message would not fit into a frame. */
  emojiPerMessage: 20,
  listedReactors: 8,
  editsPerMessage: 50,
  /** Members see each other's receipts and typing in conversations of up to this many members. */
  receiptMembers: 100,
  /** Receipts in one frame. Each of them counts as a frame for the limits of one person. */
  receiptsPerFrame: 50,
  typingMembers: 100,
  /** A client repeats that its user is typing after the first number; others stop showing it after the second. */
  typingEverySeconds: 3,
  typingLapseSeconds: 6,
  presenceUserIds: 100,
  /** A changed profile is told to the members of conversations of up to so many, and to so many people in all. */
  profileMembers: 100,
  profileRecipients: 1_000,
  blockedUsers: 1_000,
  mediaBytes: { image: 10 * 1024 * 1024, video: 100 * 1024 * 1024, audio: 16 * 1024 * 1024 },
  /** The parts of a recording whose loudness a waveform shows, each with one byte. */
  waveformParts: 64,
  /** Width times height, summed over all frames of an animation. A picture that has more is scaled down to it. */
  imagePixels: 40_000_000,
  /** What a picture may have as it is uploaded. Phones take 108 megapixels (12 032 × 9 024). */
  sourcePixels: 110_000_000,
  /** The longest side of a picture that is uploaded. JPEG and GIF can't have a longer one. */
  imageSide: 65_535,
  imageFrames: 5_000,
  thumbnailPixels: 320,
  /** What a video's thumbnail may have as it is uploaded. */
  thumbnailBytes: 256 * 1024,
  thumbnailSourcePixels: 4_000_000,
  /** The side lengths of the two squares that are made of an avatar. */
  avatarPixels: [96, 512],
  uploadSeconds: 300,
  /** What one person may upload in one day (UTC). */
  mediaPerDay: { files: 200, bytes: 1024 * 1024 * 1024 },
  mediaPerMessage: 10,
  /** How many messages one file can be attached to. After that it has to be uploaded again. */
  messagesPerMedia: 100,
  /** Open sockets of one person. With one more, the oldest is told `bye` (`too_many`) and closed. */
  sockets: 20,
  /** Push subscriptions of one person. One more replaces the oldest. */
  pushSubscriptions: 10,
  /** A badge counts up to this many unread messages. */
  badge: 99,
  searchCharacters: 200,
  /** Hits on one page. */
  searchHits: 25,
  syncCursors: 10_000,
  /** How many changes the server searches for an id. Beyond that it answers `stale`. */
  staleChanges: 10_000,
  /** How long a person can't connect whose socket was closed because they sent far too many frames. */
  refusedSeconds: 60,
  accessTokenSeconds: 600,
  /** How long a login lasts, and how long it lasts without being used. */
  refreshTokenSeconds: 30 * 24 * 3600,
  refreshIdleSeconds: 14 * 24 * 3600,
  /** How long a device token is valid. Each login gives a new one. */
  deviceTokenSeconds: 180 * 24 * 3600,
  /** How long a login may do what needs a confirmation after `POST /auth/confirm`. */
  confirmationSeconds: 300,
  /** How long the tokens in mails are valid: for a new password, and for an address. */
  resetTokenSeconds: 15 * 60,
  emailTokenSeconds: 24 * 3600,
  /** Logins of one person at the same time. One more ends the one that was not used for the longest time. */
  logins: 50,
  /** Events in the answer of recent activity, and how long they are kept. */
  activityEvents: 50,
  activityDays: 90,
  /** For how many days nobody can take the username of an erased account. */
  restingNameDays: 30,
} as const;
