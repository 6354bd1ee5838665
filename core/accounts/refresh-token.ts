import { createHash } from 'node:crypto';
import { parse, stringify } from 'uuid';

/** What a refresh token says: where its family is found, and the secret that proves it. */
export interface RefreshToken {
  readonly userId: string;
  readonly familyId: string;
  /** 32 random bytes. */
  readonly secret: Uint8Array;
}

const bytes = { id: 16, secret: 32 };
const tokenBytes = 2 * bytes.id + bytes.secret;

export function encodeRefreshToken({ userId, familyId, secret }: RefreshToken): string {
  return Buffer.concat([parse(userId), parse(familyId), secret]).toString('base64url');
}

/** Undefined for what can't be one of our tokens. */
export function decodeRefreshToken(token: string): RefreshToken | undefined {
  const data = Buffer.from(token, 'base64url');
  // Decoding skips what is not base64url, so only the one spelling of a token is taken.
  if (data.length !== tokenBytes || data.toString('base64url') !== token) return undefined;
  try {
    return {
      userId: stringify(data.subarray(0, bytes.id)),
      familyId: stringify(data.subarray(bytes.id, 2 * bytes.id)),
      secret: data.subarray(2 * bytes.id),
    };
  } catch {
    return undefined;
  }
}

/** What is stored of the secret. Plain SHA-256: 256 random bits can't be guessed, so slowness would add nothing. */
export function hashSecret(secret: Uint8Array): string {
  return createHash('sha256').update(secret).digest('base64url');
}
