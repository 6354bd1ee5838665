import { isIPv6 } from 'node:net';

/**
 * Returns the network for which attempts are counted: an IPv4 address, or the /64 network of an IPv6 address. One customer gets at
 * least a /64 (RFC 6177), and could spread attempts over all its addresses.
 */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1]) return mapped[1];
  const [left = [], right = []] = address.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const zeros = Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  const groups = [...left, ...zeros, ...right].slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${groups.join(':')}::/64`;
}

/**
 * Returns the viewer's address from an `X-Forwarded-For` header that went through CloudFront. Whoever forwards a request appends the
 * address that it came from. So the viewer's address is the last one, except for CloudFront's own (`edge`), which the gateway may
 * have appended. The addresses before it are whatever the viewer sent.
 */
export function viewerAddress(forwardedFor: string, edge: string): string {
  const hops = forwardedFor.split(',').map((hop) => hop.trim());
  if (hops.length > 1 && hops.at(-1) === edge) hops.pop();
  return hops.at(-1) || edge;
}
