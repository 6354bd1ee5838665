import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request } from 'node:http';
import { createServer as createHttp2Server, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { type Duplex, duplexPair, pipeline } from 'node:stream';
import { foreignness, programsOnly } from '../access/foreign.ts';
import { listenOnStablePort } from '../stable-port.ts';
import type { World } from '../types.ts';
import { hostLabels, type ServiceName, serviceCalled } from './names.ts';
import { toXml } from './xml.ts';

/** Before the label there may be a bucket or an account, and after it a region. */
const serviceHost = new RegExp(
  `^(?:.+\\.)??(${hostLabels.join('|').replaceAll('.', '\\.')})` +
    '(?:-fips)?(?:\\.dualstack)?(?:[.-][a-z]{2}(?:-[a-z]+)+-\\d)?\\.(?:amazonaws\\.com|api\\.aws)$',
);

type Incoming = IncomingMessage | Http2ServerRequest;
type Outgoing = ServerResponse | Http2ServerResponse;

/**
 * Serves all that the stack runs at one address. The `aws` command and programs of this machine call it by its port
 * (`AWS_ENDPOINT_URL`), and the signature says for which service; the port stays the same over restarts, if it is free. Functions
 * get here by the host names of AWS (runtime.mjs), over HTTP/1.1, HTTP/2 or a WebSocket. What isn't here is refused by its name.
 * Returns the address.
 */
export async function startFront(services: readonly ServiceName[], world: World): Promise<string> {
  const agent = new Agent({ keepAlive: true });
  const sockets = new Set<Socket>();
  const told = new Set<string>();

  /** Where a request goes on to, or why it doesn't. */
  async function targetOf(incoming: Incoming): Promise<{ port: number } | { status: number; message: string }> {
    const host = hostOf(incoming);
    const why = foreignness({ ...incoming.headers, host }, programsOnly);
    if (why) return { status: 403, message: why };
    const name = host.replace(/:\d+$/, '').toLowerCase();
    const isByPort = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(name);
    const signedFor = serviceOf(incoming);
    const service = serviceCalled(isByPort ? signedFor : (serviceHost.exec(name)?.[1] ?? ''));
    const address = world.addressOf(name) ?? (service && services.includes(service) && (await world.endpoint(service)));
    if (address) return { port: Number(new URL(address).port) };
    if (isByPort && signedFor === '')
      return { status: 403, message: 'A call needs a signature, which says for which service it is.' };
    const what = isByPort ? `the service ${signedFor}` : name;
    if (!told.has(what) && !isByPort)
      world.log.warn(`A function called ${what}, which isn't run here: it was refused.`);
    told.add(what);
    return { status: 501, message: `The local stack does not run ${what}, or the app doesn't use it.` };
  }

  /** The host is part of the signature, so it is passed on as it came. */
  async function passOn(incoming: Incoming, outgoing: Outgoing): Promise<void> {
    const target = await targetOf(incoming);
    if ('message' in target) {
      const { status, message } = target;
      const code = 'NotImplementedException';
      // Clients of the query protocol understand XML only.
      const isQuery = incoming.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
      begin(outgoing, status, { 'content-type': isQuery ? 'text/xml' : 'application/json', 'x-amzn-errortype': code });
      outgoing.end(
        isQuery
          ? toXml('ErrorResponse', { Error: { Code: code, Message: message } })
          : JSON.stringify({ __type: code, message }),
      );
      return void incoming.resume();
    }
    const { method, url: path } = incoming;
    const headers = { ...ofMessage(incoming.headers), host: hostOf(incoming) };
    const onward = request({ host: '127.0.0.1', port: target.port, agent, method, path, headers }, (answer) => {
      begin(outgoing, answer.statusCode ?? 502, ofMessage(answer.headers));
      pipeline(answer, outgoing, () => {});
    });
    onward.once('error', () => outgoing.destroy());
    outgoing.once('close', () => onward.destroy());
    pipeline(incoming, onward, () => {});
  }

  async function passOnSocket(incoming: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    const target = await targetOf(incoming);
    if ('message' in target) return void client.end(`HTTP/1.1 ${target.status} Refused\r\n\r\n`);
    const lines = incoming.rawHeaders.map((text, i) => text + (i % 2 === 0 ? ': ' : '\r\n')).join('');
    const gateway = connect(target.port, '127.0.0.1');
    gateway.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${lines}\r\n`);
    gateway.write(head);
    pipeline(client, gateway, client, () => {});
  }

  const http1 = createServer((incoming, outgoing) => void passOn(incoming, outgoing));
  http1.on('upgrade', (incoming, client, head) => void passOnSocket(incoming, client, head));
  const http2 = createHttp2Server((incoming, outgoing) => void passOn(incoming, outgoing));
  const accept = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket));
    socket.once('data', (first) => {
      // Whoever speaks HTTP/2 without TLS begins with "PRI * HTTP/2.0" (RFC 9113, section 3.4).
      if (first.toString('latin1', 0, 3) === 'PRI') {
        const [near, far] = duplexPair();
        http2.emit('connection', far);
        near.write(first);
        pipeline(socket, near, socket, () => {});
      } else {
        socket.pause();
        socket.unshift(first);
        http1.emit('connection', socket);
        socket.resume();
      }
    });
  };
  const { server, port } = await listenOnStablePort(join(world.dataDir, 'services.port'), () =>
    createTcpServer(accept),
  );
  world.whenStopping(async () => {
    server.close();
    agent.destroy();
    for (const socket of sockets) socket.destroy();
  });
  return `http://127.0.0.1:${port}`;
}

/** HTTP/2 has the host in a header of its own, with the port of `https`. */
const hostOf = ({ headers }: Incoming): string => (headers.host ?? String(headers[':authority'])).replace(/:443$/, '');

/** The service in the credential scope of a signature: `key/date/region/service/aws4_request`. */
function serviceOf({ headers, url = '' }: Incoming): string {
  const credential =
    /Credential=([^,\s]+)/.exec(headers.authorization ?? '')?.[1] ??
    new URLSearchParams(url.split('?', 2)[1]).get('X-Amz-Credential');
  return credential?.split('/')[3] ?? '';
}

function begin(outgoing: Outgoing, status: number, headers: IncomingHttpHeaders): void {
  outgoing.statusCode = status;
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) outgoing.setHeader(name, value);
}

/** Without what is about one connection only, and the pseudo-headers of HTTP/2. */
function ofMessage(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const ofConnection = /^(:.*|connection|keep-alive|transfer-encoding)$/;
  const rest = Object.entries(headers).filter(([name]) => !ofConnection.test(name));
  return Object.fromEntries(rest);
}
