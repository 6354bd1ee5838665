import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { sign } from '../../access/signature.ts';
import { access as testAccess } from './world.ts';

/** Returns the headers of a signed POST to a service (`lambda`), as whoever has the access key sends it. */
export function signedHeaders(
  address: string,
  service: string,
  body: string,
  headers: IncomingHttpHeaders = {},
  access = testAccess,
): Record<string, string> {
  const { host, pathname, searchParams } = new URL(address);
  const request = { method: 'POST', path: pathname, query: searchParams, headers: { ...headers, host } };
  const signed = sign(request, access, service, hash('sha256', body), Date.now());
  return Object.fromEntries(Object.entries(signed).map(([name, value]) => [name, String(value)]));
}
