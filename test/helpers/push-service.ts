import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { importJWK, jwtVerify } from 'jose';
import { Notification, type WebSubscribe } from '#protocol/push.ts';

interface Answer {
  /** The status, or that there is no answer at all. */
  readonly status: number | 'hangs';
  readonly headers?: Readonly<Record<string, string>>;
}

/** A local push service. It verifies the sender, and decrypts notifications as a browser does. */
export async function startPushService() {
  const devices = new Map<string, PushDevice>();
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const device = devices.get(request.url ?? '');
    const { status, headers } = (await device?.receive(request, body, origin)) ?? { status: 404 };
    if (status !== 'hangs') response.writeHead(status, headers).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return {
    /** Creates the subscription of a new browser. */
    device(): PushDevice {
      const path = `/${randomBytes(8).toString('hex')}`;
      const device = new PushDevice(`${origin}${path}`);
      devices.set(path, device);
      return device;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export class PushDevice {
  readonly subscription: WebSubscribe;
  /** The notifications that it has accepted. */
  readonly notifications: Notification[] = [];
  readonly headers: IncomingMessage['headers'][] = [];
  /** The answers to the next requests. After them the answer is 201. */
  readonly answers: Answer[] = [];
  private readonly key = createECDH('prime256v1');
  private readonly auth = randomBytes(16);

  constructor(endpoint: string) {
    const p256dh = this.key.generateKeys('base64url');
    this.subscription = { endpoint, keys: { p256dh, auth: this.auth.toString('base64url') } };
  }

  async receive({ headers }: IncomingMessage, body: Buffer, origin: string): Promise<Answer> {
    await verifySender(headers.authorization ?? '', origin);
    const notification = Notification.parse(JSON.parse(this.decrypt(body)));
    const answer = this.answers.shift() ?? { status: 201 };
    this.headers.push(headers);
    if (answer.status !== 'hangs' && answer.status < 300) this.notifications.push(notification);
    return answer;
  }

  /** Decrypts one record of `aes128gcm` (RFC 8188) by RFC 8291, section 3.4. */
  private decrypt(body: Buffer): string {
    const [salt, sender, record] = [body.subarray(0, 16), body.subarray(21, 86), body.subarray(86)];
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.key.getPublicKey(), sender]);
    const input = Buffer.from(hkdfSync('sha256', this.key.computeSecret(sender), this.auth, info, 32));
    const derived = (label: string, length: number) =>
      Buffer.from(hkdfSync('sha256', input, salt, `Content-Encoding: ${label}\0`, length));
    const decipher = createDecipheriv('aes-128-gcm', derived('aes128gcm', 16), derived('nonce', 12));
    decipher.setAuthTag(record.subarray(-16));
    const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
    return padded.subarray(0, padded.lastIndexOf(2)).toString();
  }
}

/** Throws unless the request is signed for this service with the key that it names (RFC 8292). */
async function verifySender(authorization: string, audience: string): Promise<void> {
  const [, token = '', key = ''] = /^vapid t=([^,]+), ?k=(\S+)$/.exec(authorization) ?? [];
  const point = Buffer.from(key, 'base64url');
  const coordinate = (from: number) => point.subarray(from, from + 32).toString('base64url');
  const jwk = { kty: 'EC', crv: 'P-256', x: coordinate(1), y: coordinate(33) };
  await jwtVerify(token, await importJWK(jwk, 'ES256'), { audience });
}
