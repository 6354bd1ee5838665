import { NODATA, Resolver } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/**
 * All of the "IANA IPv4 Special-Purpose Address Registry", and multicast. Some of it is reachable, for relays and AS112 servers, but no
 * push service is there.
 */
const special = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  special.addSubnet(net, bits, 'ipv4');

/** The IPv6 addresses that IANA allocates for public use. */
const global6 = new BlockList();
global6.addSubnet('2000::', 3, 'ipv6');
/** Those of them that the "IANA IPv6 Special-Purpose Address Registry" has: protocols with Teredo, documentation, 6to4, AS112. */
const special6 = new BlockList();
for (const [net, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
] as const)
  special6.addSubnet(net, bits, 'ipv6');

/** Whether a text is a public IP address. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !special.check(address, 'ipv4');
  return isIP(address) === 6 && global6.check(address, 'ipv6') && !special6.check(address, 'ipv6');
}

export interface AllowedEndpoints {
  /** Also allows `localhost` and 127.0.0.1, which the local stack needs. */
  readonly toThisMachine: boolean;
  /** The host names that are allowed, or `*.` and a name for all names below it. Undefined: all public hosts. */
  readonly hosts?: readonly string[] | undefined;
}

/**
 * Whether notifications may be posted to an endpoint that a user gives. Only the URL is checked here; `createPublicLookup` checks
 * the addresses of its host name when the request is made. Throws if the endpoint isn't a URL.
 */
export function isAllowedEndpoint(endpoint: string, { toThisMachine, hosts }: AllowedEndpoints): boolean {
  const { protocol, hostname, port, username, password } = new URL(endpoint);
  if (username || password) return false;
  if (toThisMachine && (hostname === '127.0.0.1' || hostname === 'localhost')) return true;
  if (protocol !== 'https:' || port !== '') return false;
  if (hosts && !hosts.some((host) => (host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : hostname === host)))
    return false;
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) === 0 || isPublicAddress(bare);
}

/**
 * Creates a `lookup` for requests. It fails if one of the name's addresses isn't public, so that nobody can reach internal services
 * by DNS. It asks the name servers itself: `dns.lookup` would hold one of the four threads that the whole function has for look-ups
 * while it waits for the name servers of a stranger ("Implementation considerations" of Node's DNS). IPv6 is asked for if there is no
 * IPv4, which all push services have.
 */
export function createPublicLookup(
  resolver: Pick<Resolver, 'resolve4' | 'resolve6'> = new Resolver({ timeout: 700, tries: 2 }),
): LookupFunction {
  async function addressesOf(hostname: string): Promise<{ address: string; family: number }[]> {
    const four = await resolver.resolve4(hostname).catch((error) => {
      if (error.code === NODATA) return [];
      throw error;
    });
    if (four.length > 0) return four.map((address) => ({ address, family: 4 }));
    return (await resolver.resolve6(hostname)).map((address) => ({ address, family: 6 }));
  }

  return (hostname, options, callback) => {
    const answer = (addresses: { address: string; family: number }[]) => {
      const [first] = addresses;
      if (!first || addresses.some(({ address }) => !isPublicAddress(address)))
        callback(new Error('The name leads to an address that is not public'), '');
      else if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    };
    addressesOf(hostname).then(answer, (error) => callback(error, ''));
  };
}
