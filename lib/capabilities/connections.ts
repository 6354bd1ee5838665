import { addFunction, type Foundation } from '#lib/foundation.ts';

/** Opening and closing sockets. */
export function addConnections(foundation: Foundation): void {
  const { tables, auth, socket, site } = foundation;

  const authorizer = addFunction(foundation, 'authorizer', { memoryMiB: 512, isHot: true });
  auth.grantVerify(authorizer, site.url);
  authorizer.addEnvironment('ALLOWED_ORIGINS', site.url);

  const connect = addFunction(foundation, 'connect', { memoryMiB: 512, isHot: true });
  tables.grantConnect(connect);
  socket.onConnect(connect, authorizer);

  const disconnect = addFunction(foundation, 'disconnect', { memoryMiB: 512 });
  tables.grantRemoveConnections(disconnect);
  socket.onDisconnect(disconnect);
}
