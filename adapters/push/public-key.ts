import { ECDH } from 'node:crypto';

/** Whether a text is a point of P-256 in base64url, which is what a push is encrypted for (RFC 8291, section 3.1). */
export function isPublicKey(key: string): boolean {
  try {
    ECDH.convertKey(key, 'prime256v1', 'base64url');
    return true;
  } catch {
    return false;
  }
}
