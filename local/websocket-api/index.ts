import { join } from 'node:path';
import { listenOnStablePort } from '../stable-port.ts';
import type { CreateApi } from '../types.ts';
import { ApiDefinition } from './definition.ts';
import { Gateway } from './gateway.ts';

/** Serves a WebSocket API of API Gateway, its sockets and its `@connections` calls, on one loopback port. */
export const createWebSocketApi: CreateApi = async (id, properties, world) => {
  const definition = new ApiDefinition(id, properties, world);
  const { server, port } = await listenOnStablePort(join(world.dataDir, `websocket-${id}.port`));
  const gateway = new Gateway(definition, `localhost:${port}`, world);
  server.on('request', (request, response) => gateway.handleRequest(request, response));
  server.on('upgrade', (request, socket, head) => gateway.handleUpgrade(request, socket, head));
  const host = `${id}.execute-api.${world.region}.amazonaws.com`;
  world.serveAt(`wss://${host}`, `ws://localhost:${port}`);
  world.serveAt(`https://${host}`, `http://localhost:${port}`);
  const expire = () => gateway.expireAll();
  world.faults.expireSockets.add(expire);

  return Object.assign(definition, {
    async close() {
      world.faults.expireSockets.delete(expire);
      server.close();
      await gateway.close();
      server.closeAllConnections();
    },
  });
};
