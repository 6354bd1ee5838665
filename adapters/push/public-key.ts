import { ECDH } from 'node:crypto';

/** Whether a text is a public key on P-256 in base64url. Notifications are encrypted for such a key (RFC 8291, section 3.1). */
export function isPublicKey(key: string): boolean {
  try {
    ECDH.convertKey(key, 'prime256v1', 'base64url');
    return true;
  } catch {
    return false;
  }
}
