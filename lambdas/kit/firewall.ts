import { hash } from 'node:crypto';

/** What CloudFront adds to each request. */
export const edgeHeader = 'x-storm-edge';

/**
 * Returns whether a request came through the distribution with the firewall, which adds a proof to it. APIs can be called directly,
 * too, and these calls are refused before anything else is done (decision 0100). Without a firewall all requests pass.
 */
export function passedFirewall(proof = ''): boolean {
  const expected = process.env['EDGE_HASH'];
  // How long it takes to compare hashes tells nothing about a proof with 32 random bytes.
  return !expected || hash('sha256', proof, 'base64url') === expected;
}
