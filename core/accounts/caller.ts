/** Whom a valid access token speaks for. */
export interface Caller {
  readonly userId: string;
  /** The login that the token comes from; all of its tokens are revoked together. */
  readonly familyId: string;
  /** When the token ends, in ms since 1970. */
  readonly expiresAt: number;
}

/** The token in an `Authorization` header, where that is all there is (RFC 6750). */
export function bearerToken(authorization = ''): string | undefined {
  return /^bearer (\S+)$/i.exec(authorization)?.[1];
}
