import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { expect, test } from 'vitest';
import { throttle } from '#adapters/gateway/throttle.ts';

test('limits become a share of the template’s, and come back, while other settings of the stage stay', async () => {
  let settings: Record<string, unknown> = {
    detailedMetricsEnabled: true,
    throttlingRateLimit: 1,
    throttlingBurstLimit: 1,
  };
  const paths: string[] = [];
  const server = createServer(async (request, response) => {
    paths.push(`${request.method} ${request.url}`);
    if (request.method === 'PATCH') settings = Object(await json(request)).defaultRouteSettings;
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ defaultRouteSettings: settings }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const client = new ApiGatewayV2Client({
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${port}`,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    const stages = [{ apiId: 'abc', stageName: 'ws', rateLimit: 2_500, burstLimit: 5 }];
    await throttle(client, stages, 0.1);
    // A bucket of 0 would refuse everything.
    expect(settings).toEqual({ detailedMetricsEnabled: true, throttlingRateLimit: 250, throttlingBurstLimit: 1 });
    await throttle(client, stages, 1);
    expect(settings).toEqual({ detailedMetricsEnabled: true, throttlingRateLimit: 2_500, throttlingBurstLimit: 5 });
    expect(paths.slice(0, 2)).toEqual(['GET /v2/apis/abc/stages/ws', 'PATCH /v2/apis/abc/stages/ws']);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
