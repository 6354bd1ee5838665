import { parse, stringify } from 'uuid';
import { hashSecret } from './refresh-token.ts';

/** A token in a mail: whose it is, and the 32 random bytes that prove it. */
export interface MailToken {
  readonly userId: string;
  readonly secret: Uint8Array;
}

/** `reset` is for a new password, `verify` for the account's address, `change` for another address that becomes the account's. */
export type TokenPurpose = 'reset' | 'verify' | 'change';

/** A token as it is stored: its hash, what it is for, and the address that it was sent to. `expiresAt` is in ms since 1970. */
export interface StoredToken {
  readonly hash: string;
  readonly purpose: TokenPurpose;
  readonly email: string;
  readonly expiresAt: number;
}

const bytes = { id: 16, secret: 32 };

export function encodeMailToken({ userId, secret }: MailToken): string {
  return Buffer.concat([parse(userId), secret]).toString('base64url');
}

/** Returns whose token it is and its hash, or undefined for what can't be a token. */
export function decodeMailToken(text: string): { readonly userId: string; readonly hash: string } | undefined {
  const data = Buffer.from(text, 'base64url');
  // Decoding skips what is not base64url, so only the one spelling of a token is taken.
  if (data.length !== bytes.id + bytes.secret || data.toString('base64url') !== text) return undefined;
  try {
    return { userId: stringify(data.subarray(0, bytes.id)), hash: hashSecret(data.subarray(bytes.id)) };
  } catch {
    // The first bytes are not those of a UUID.
    return undefined;
  }
}
