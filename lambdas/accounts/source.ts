import { timingSafeEqual } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { networkOf, viewerAddress } from '#core/accounts/source-address.ts';
import { edgeHeader } from '#lambdas/kit/firewall.ts';
import { authSecret } from './dependencies.ts';

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
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
