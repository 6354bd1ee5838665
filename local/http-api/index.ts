import { join } from 'node:path';
import { listenOnStablePort } from '../stable-port.ts';
import type { CreateApi } from '../types.ts';
import { HttpApi } from './api.ts';

/** Serves an HTTP API of API Gateway on a loopback port. */
export const createHttpApi: CreateApi = async (id, properties, world) => {
  const { server, port } = await listenOnStablePort(join(world.dataDir, `http-${id}.port`));
  const domainName = `${id}.execute-api.${world.region}.amazonaws.com`;
  world.serveAt(`https://${domainName}`, `http://localhost:${port}`);
  const api = new HttpApi(id, domainName, properties, world, server);
  server.on('request', (request, response) => api.handle(request, response));
  return api;
};
