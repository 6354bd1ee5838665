import { createServer } from 'node:http';
import { join } from 'node:path';
import { foreignness, refuse } from '../access/foreign.ts';
import { listenOnStablePort } from '../stable-port.ts';
import type { CreateApi } from '../types.ts';
import { ApiDefinition } from './definition.ts';
import { createGateway } from './gateway.ts';

/** Serves a WebSocket API of API Gateway, its sockets and its `@connections` calls, on one loopback port. */
export const createWebSocketApi: CreateApi = async (id, properties, world) => {
  const definition = new ApiDefinition(id, properties, world);
  const { server, port } = await listenOnStablePort(join(world.dataDir, `websocket-${id}.port`), () => createServer());
  const host = `${id}.execute-api.${world.region}.amazonaws.com`;
  const gateway = createGateway(definition, host, world);
  const isPage = (origin: string) => world.pages.has(origin);
  server.on('request', (request, response) => {
    const why = foreignness(request.headers, isPage);
    if (why) refuse(request, response, why);
    else gateway.handleRequest(request, response);
  });
  server.on('upgrade', (request, socket, head) => {
    const why = foreignness(request.headers, isPage);
    if (!why) return gateway.handleUpgrade(request, socket, head);
    world.log.debug(`A socket of ${id} was refused: ${why}`);
    socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
  world.sockets.push(gateway.openSockets);
  world.serveAt(`wss://${host}`, `ws://localhost:${port}`);
  world.serveAt(`https://${host}`, `http://localhost:${port}`);
  const cutNoMore = world.faults.whenAdded('cut', id, (fault, meets) => gateway.cut(fault, meets));

  return Object.assign(definition, {
    async close() {
      cutNoMore();
      server.close();
      await gateway.close();
      server.closeAllConnections();
    },
  });
};
