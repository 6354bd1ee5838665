/** The user and the login that a valid access token belongs to. */
export interface Caller {
  readonly userId: string;
  /** The login that the token comes from. All tokens of a login are revoked together. */
  readonly familyId: string;
  /**
   * Whether the caller has to verify their e-mail address before they may do more than manage their account. Until the token is
   * renewed it stays so.
   */
  readonly unverified?: boolean;
  /** When the token expires, in ms since 1970. */
  readonly expiresAt: number;
}

/** Returns the token of an `Authorization` header, or undefined if the header has another form than RFC 6750 defines. */
export function bearerToken(authorization = ''): string | undefined {
  return /^bearer (\S+)$/i.exec(authorization)?.[1];
}
