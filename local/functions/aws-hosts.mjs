// @ts-check
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import tls from 'node:tls';

/**
 * From now on every connection of this worker to a host of AWS, by whatever client, goes to a local port instead, in plain: to the stack's
 * front, which knows what is here. Their names are never looked up.
 * @param {RegExp} hosts
 * @param {number} port
 */
export function keepFromAws(hosts, port) {
  const here = { host: '127.0.0.1', port };
  const isAws = (/** @type {unknown} */ host) => typeof host === 'string' && hosts.test(host);

  const { connect } = net.Socket.prototype;
  /**
   * Takes options, a port and a host, or the list that `net.connect` makes of them.
   * @this {import('node:net').Socket}
   * @param {any[]} given
   */
  function connectHere(...given) {
    const [first, second] = given;
    if (Array.isArray(first) && isAws(first[0].host)) Object.assign(first[0], here);
    else if (isAws(first?.host)) given[0] = { ...first, ...here };
    else if (isAws(second)) given.splice(0, 2, here);
    return Reflect.apply(connect, this, given);
  }
  net.Socket.prototype.connect = connectHere;

  const secureConnect = tls.connect;
  /**
   * Takes options, or a port, perhaps a host, and options.
   * @param {any[]} given
   */
  function secureConnectHere(...given) {
    const [first, second] = given;
    const options = given.find((each) => typeof each === 'object') ?? {};
    const names = [options.host, options.servername, typeof first === 'number' ? second : undefined];
    if (options.socket || !names.some(isAws)) return Reflect.apply(secureConnect, tls, given);
    const socket = Object.assign(net.connect(here), { encrypted: true, authorized: true });
    const connected = given.find((each) => typeof each === 'function');
    if (connected) socket.once('secureConnect', connected);
    return socket.once('connect', () => socket.emit('secureConnect'));
  }
  Object.assign(tls, { connect: secureConnectHere });
  syncBuiltinESMExports();
}
