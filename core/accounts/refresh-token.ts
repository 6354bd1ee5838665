import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { parse, stringify } from 'uuid';

/** What a refresh token says: where its family is found, and the secret that proves it. */
export interface RefreshToken {
  readonly userId: string;
  readonly familyId: string;
  /** 32 bytes: random in the first token of a family, derived from the token before in every later one. */
  readonly secret: Uint8Array;
}

const bytes = { id: 16, secret: 32, seal: 16 };
const contentBytes = 2 * bytes.id + bytes.secret;

/**
 * Writes and reads refresh tokens. Each bears a seal (HMAC-SHA-256, 128 bits), so a made-up token is refused without a look at the
 * database, and a spent one is still known to be ours. The successor of a token follows from it and the key: whoever repeats a
 * refresh whose answer was lost gets the same one, although only hashes are stored (docs/decisions/0085).
 *
 * @param pepper base64url, from the secret store
 */
export function createRefreshTokens(pepper: string) {
  const keyFor = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', Buffer.from(pepper, 'base64url'), '', `storm refresh token ${purpose}`, 32));
  const [sealKey, successorKey] = [keyFor('seal'), keyFor('successor')];

  const contentOf = ({ userId, familyId, secret }: RefreshToken) =>
    Buffer.concat([parse(userId), parse(familyId), secret]);
  const sealOf = (content: Uint8Array) =>
    createHmac('sha256', sealKey).update(content).digest().subarray(0, bytes.seal);

  return {
    encode(token: RefreshToken): string {
      const content = contentOf(token);
      return Buffer.concat([content, sealOf(content)]).toString('base64url');
    },

    /** Returns undefined for what is not a token of ours. */
    decode(text: string): RefreshToken | undefined {
      const data = Buffer.from(text, 'base64url');
      // Decoding skips what is not base64url, so only the one spelling of a token is taken.
      if (data.length !== contentBytes + bytes.seal || data.toString('base64url') !== text) return undefined;
      const content = data.subarray(0, contentBytes);
      if (!timingSafeEqual(sealOf(content), data.subarray(contentBytes))) return undefined;
      return {
        userId: stringify(content.subarray(0, bytes.id)),
        familyId: stringify(content.subarray(bytes.id, 2 * bytes.id)),
        secret: content.subarray(2 * bytes.id),
      };
    },

    successorOf(token: RefreshToken): RefreshToken {
      return { ...token, secret: createHmac('sha256', successorKey).update(contentOf(token)).digest() };
    },
  };
}

export type RefreshTokens = ReturnType<typeof createRefreshTokens>;

/** What is stored of the secret. Plain SHA-256: 256 random bits can't be guessed, so slowness would add nothing. */
export function hashSecret(secret: Uint8Array): string {
  return createHash('sha256').update(secret).digest('base64url');
}
