import { timingSafeEqual } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { networkOf, viewerAddress } from '#core/accounts/source-address.ts';
import type { Result } from '#protocol/failures.ts';
import { authSecret } from './auth-secret.ts';
import { edgeHeader } from './firewall.ts';
import { limitedInMemory } from './rates.ts';

const takeRequest = limitedInMemory('openRequests');

/** Limits the requests without an access token by the network that they come from. Error: `rate_limited`. */
export async function allowedForNetwork(event: APIGatewayProxyEventV2): Promise<Result<void>> {
  return takeRequest(await source(event));
}

/**
 * Returns the network for which attempts are counted. A forwarded address counts only with the secret that CloudFront sends along
 * (docs/decisions/0012).
 */
export async function source({ headers, requestContext }: APIGatewayProxyEventV2): Promise<string> {
  const { edge } = await authSecret();
  const { sourceIp } = requestContext.http;
  const forwarded = same(headers[edgeHeader] ?? '', edge);
  return networkOf(forwarded ? viewerAddress(headers['x-forwarded-for'] ?? '', sourceIp) : sourceIp);
}

function same(given: string, expected: string): boolean {
  if (given.length !== expected.length) return false;
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
