import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { foreignness, isHiddenCall, refuse } from '../access/foreign.ts';
import { listenOnStablePort } from '../stable-port.ts';
import type { CreateApi } from '../types.ts';
import { HttpApi } from './api.ts';

/** Serves an HTTP API of API Gateway on a loopback port. */
export const createHttpApi: CreateApi = async (id, properties, world) => {
  const { server, port } = await listenOnStablePort(join(world.dataDir, `http-${id}.port`), () => createServer());
  const domainName = `${id}.execute-api.${world.region}.amazonaws.com`;
  world.serveAt(`https://${domainName}`, `http://localhost:${port}`);
  const api = new HttpApi(id, domainName, properties, world, server);
  const why = ({ headers }: IncomingMessage) =>
    isHiddenCall(headers)
      ? 'Pages of other origins may not call this API.'
      : foreignness(headers, (origin) => world.pages.has(origin) || api.allowsOrigin(origin));
  server.on('request', (request, response) => {
    const refused = why(request);
    if (refused) refuse(request, response, refused);
    else void api.handle(request, response);
  });
  for (const origin of api.originsByName) world.pages.add(origin);
  return api;
};
