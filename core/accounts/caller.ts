/** Who an access token speaks for. */
export interface Caller {
  readonly userId: string;
  /** The family of refresh tokens (one login on one device) that the access token comes from. */
  readonly familyId: string;
  /** When the access token lapses, in ms since 1970. */
  readonly expiresAt: number;
}
