import { createHash, timingSafeEqual } from 'node:crypto';

/** What CloudFront adds to each request. */
export const edgeHeader = 'x-storm-edge';

/**
 * Returns whether a request came through the distribution with the firewall, which adds a proof to it. APIs can be called directly,
 * too, and these calls are refused before anything else is done (decision 0100). Without a firewall all requests pass.
 */
export function passedFirewall(proof: string | undefined): boolean {
  const expected = process.env['EDGE_HASH'];
  if (!expected) return true;
  const given = createHash('sha256')
    .update(proof ?? '')
    .digest();
  const hash = Buffer.from(expected, 'base64url');
  return given.length === hash.length && timingSafeEqual(given, hash);
}
