import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { limits } from '#protocol/limits.ts';
import type { Account } from './ports.ts';

/** The id is random, and the day is that on which the token was issued. */
const bytes = { id: 16, day: 4, seal: 16 };
const contentBytes = bytes.id + bytes.day;
const dayMs = 24 * 3600 * 1000;

/** The id of a device that isn't known yet, in base64url, from 16 or more random bytes. */
export function newDeviceId(random: Uint8Array): string {
  return Buffer.from(random).subarray(0, bytes.id).toString('base64url');
}

/**
 * Device tokens show that somebody has logged in to an account from this device before, so guesses from elsewhere can't lock the
 * device out (docs/decisions/0103). A token has a seal (HMAC-SHA-256, 128 bits) that also covers the account's id and password hash:
 * it is worth nothing at another account, and ends with the password. What can be read in it is the day on which it was issued.
 *
 * @param pepper base64url, from the secret store
 */
export function createDeviceTokens(pepper: string) {
  const key = Buffer.from(hkdfSync('sha256', Buffer.from(pepper, 'base64url'), '', 'storm device token', 32));

  const sealOf = (content: Uint8Array, account: Pick<Account, 'id' | 'passwordHash'>) => {
    const password = createHash('sha256').update(account.passwordHash).digest();
    return createHmac('sha256', key)
      .update(content)
      .update(password)
      .update(account.id)
      .digest()
      .subarray(0, bytes.seal);
  };

  return {
    issue(deviceId: string, account: Account, now: number): string {
      const content = Buffer.alloc(contentBytes);
      Buffer.from(deviceId, 'base64url').copy(content);
      content.writeUInt32BE(Math.floor(now / dayMs), bytes.id);
      return Buffer.concat([content, sealOf(content, account)]).toString('base64url');
    },

    /** Returns the device's id, or undefined if the token is not one of this account, or too old. */
    deviceOf(token: string, account: Account | undefined, now: number): string | undefined {
      const data = Buffer.from(token, 'base64url');
      if (data.length !== contentBytes + bytes.seal) return undefined;
      const content = data.subarray(0, contentBytes);
      // An account that is not there takes the same time.
      const seal = sealOf(content, account ?? { id: '', passwordHash: '' });
      if (!timingSafeEqual(seal, data.subarray(contentBytes)) || !account) return undefined;
      const ageMs = now - content.readUInt32BE(bytes.id) * dayMs;
      if (ageMs > limits.deviceTokenSeconds * 1000) return undefined;
      return content.subarray(0, bytes.id).toString('base64url');
    },
  };
}

export type DeviceTokens = ReturnType<typeof createDeviceTokens>;
