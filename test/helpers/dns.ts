import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIP } from 'node:net';

const [typeA, typeAaaa] = [1, 28];

/**
 * A name server that knows these names, each with one address. It answers that others don't exist, except those below
 * `hanging.example`, about which it never answers (RFC 1035, section 4.1).
 */
export async function startDns(names: Readonly<Record<string, string>>) {
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const { name, type, end } = questionOf(query);
    if (name.endsWith('.hanging.example')) return;
    const known = names[name];
    const wanted = known !== undefined && type === (isIP(known) === 4 ? typeA : typeAaaa) ? known : undefined;
    const head = Buffer.alloc(12);
    query.copy(head, 0, 0, 2);
    // A response, recursion available; 3 is "no such name".
    head.writeUInt16BE(0x8180 | (known === undefined ? 3 : 0), 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(wanted === undefined ? 0 : 1, 6);
    const answer = wanted === undefined ? Buffer.alloc(0) : recordOf(wanted);
    socket.send(Buffer.concat([head, query.subarray(12, end), answer]), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    async [Symbol.asyncDispose]() {
      socket.close();
      await once(socket, 'close');
    },
  };
}

function questionOf(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('ascii', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** A resource record for the name of the question, which lives for no time. */
function recordOf(address: string): Buffer {
  const bytes = bytesOf(address);
  const head = Buffer.from([0xc0, 12, 0, bytes.length === 4 ? typeA : typeAaaa, 0, 1, 0, 0, 0, 0, 0, bytes.length]);
  return Buffer.concat([head, bytes]);
}

function bytesOf(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  const [before = '', after = ''] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const zeros = Array<string>(8 - groups(before).length - groups(after).length).fill('0');
  return Buffer.from(
    [...groups(before), ...zeros, ...groups(after)].map((group) => group.padStart(4, '0')).join(''),
    'hex',
  );
}
