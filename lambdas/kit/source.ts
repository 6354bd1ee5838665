import { timingSafeEqual } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { deviceOf } from '#core/accounts/device.ts';
import { networkOf, viewerAddress } from '#core/accounts/source-address.ts';
import type { Source } from '#core/security/events.ts';
import type { Result } from '#protocol/failures.ts';
import { authSecret } from './auth-secret.ts';
import { edgeHeader } from './firewall.ts';
import { limitedInMemory } from './rates.ts';

const takeRequest = limitedInMemory('openRequests');

/** Limits the requests without an access token by the network that they come from. Error: `rate_limited`. */
export async function allowedForNetwork(event: APIGatewayProxyEventV2): Promise<Result<void>> {
  return takeRequest((await source(event)).network);
}

/**
 * Returns where a request comes from: the network for which attempts are counted, and the device. A forwarded address counts only
 * with the secret that CloudFront sends along (docs/decisions/0012).
 */
export async function source({ headers, requestContext }: APIGatewayProxyEventV2): Promise<Source> {
  const { edge } = await authSecret();
  const { sourceIp } = requestContext.http;
  const forwarded = same(headers[edgeHeader] ?? '', edge);
  const network = networkOf(forwarded ? viewerAddress(headers['x-forwarded-for'] ?? '', sourceIp) : sourceIp);
  return { network, device: deviceOf(headers['user-agent']) };
}

function same(given: string, expected: string): boolean {
  if (given.length !== expected.length) return false;
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
