import { timingSafeEqual } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { networkOf, viewerAddress } from '../../core/accounts/source-address.ts';

/** Whose attempts these are. CloudFront's word on the viewer counts only with the secret that it sends along. */
export function sourceOf({ headers, requestContext }: APIGatewayProxyEventV2, edge: string): string {
  const viewer = headers['cloudfront-viewer-address'];
  const direct = viewer === undefined || !same(headers['x-storm-edge'] ?? '', edge);
  return networkOf(direct ? requestContext.http.sourceIp : viewerAddress(viewer));
}

function same(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
