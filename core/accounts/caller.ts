/** Whom a valid access token speaks for. */
export interface Caller {
  readonly userId: string;
  /** The login that the token comes from; all of its tokens are revoked together. */
  readonly familyId: string;
  /** When the token ends, in ms since 1970. */
  readonly expiresAt: number;
}
