import { isIPv6 } from 'node:net';

/**
 * Where attempts are counted for: an IPv4 address, or the /64 of an IPv6 one, since that is what one customer is given
 * (RFC 6177) and could spread attempts over.
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
 * The viewer's address in an `X-Forwarded-For` that went through CloudFront: whoever passes a request on appends the address
 * it came from, so it is the last one but for CloudFront's own, `edge`, which the gateway may have appended. What stands
 * before is what the viewer claims.
 */
export function viewerAddress(forwardedFor: string, edge: string): string {
  const hops = forwardedFor.split(',').map((hop) => hop.trim());
  if (hops.length > 1 && hops.at(-1) === edge) hops.pop();
  return hops.at(-1) || edge;
}
