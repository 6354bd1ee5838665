import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { prices } from '#lib/prices.ts';
import { type Media, Upload } from '#protocol/media.ts';
import { usageRows } from './operations.ts';
import { register } from './person.ts';
import type { Row } from './rows.ts';
import type { BenchStack, Usage } from './stack.ts';

const runs = 5;
/** The size of a photo of 12 megapixels, which is usual for phones. */
const photo = { width: 4_000, height: 3_000 };

/** The memory of `inspect`. A Lambda function has a whole core from 1 769 MiB. */
const inspectGigabytes = 2;

/** Measures what a picture uses from upload to display, and computes the cost of a thousand, each seen once by one other user. */
export async function measureMedia(stack: BenchStack): Promise<Row[]> {
  const [me, friend] = [await register(stack, 'photographer'), await register(stack, 'beholder')];
  for (const person of [me, friend]) await person.connect();
  const conversationId = await me.talkTo([friend]);
  const noise = { type: 'gaussian', mean: 128, sigma: 12 } as const;
  const bytes = new Uint8Array(
    await sharp({ create: { ...photo, channels: 3, background: '#000', noise } })
      .jpeg({ quality: 80 })
      .toBuffer(),
  );
  const settled = new Map<string, Media['status']>();
  me.onEvent = (event) => {
    if (event.type === 'media') settled.set(event.id, event.status);
  };

  const grants: Upload[] = [];
  const grant = await stack.usageOf(runs, async () => {
    const request = { contentType: 'image/jpeg', size: bytes.length, conversationId };
    grants.push(Upload.parse(await me.call('POST', '/media/upload', request)));
  });

  const waiting = grants.values();
  const inspect = await stack.usageOf(runs, async () => {
    const { mediaId, upload } = waiting.next().value ?? fail('no grant is left');
    const { invocations } = await stack.usage();
    const { status } = await fetch(upload.url, { method: upload.method, headers: upload.headers, body: bytes });
    if (status !== 200) fail(`S3 answered ${status}`);
    while (!settled.has(mediaId) || (await stack.usage()).invocations === invocations) await sleep(20);
    if (settled.get(mediaId) !== 'ready') fail('the picture was rejected');
  });

  const unsent = grants.values();
  const send = await stack.usageOf(runs, () =>
    me.ask('message', { conversationId, mediaIds: [unsent.next().value?.mediaId] }),
  );
  const unseen = grants.values();
  const see = await stack.usageOf(runs, () => friend.call('GET', `/media/${unseen.next().value?.mediaId}`));

  const group = `Look at a picture of 12 megapixels, ${(bytes.length / 1024 ** 2).toFixed(1)} MB`;
  return [
    ...usageRows('Leave to upload', grant),
    ...usageRows(group, inspect),
    { group, name: 'time of the function', value: inspect.functionMs, unit: 'ms' },
    ...usageRows('Send a picture to 2 members', send),
    ...usageRows('Addresses of a picture', see),
    ...costOfThousand({ grant, inspect, send, see }),
  ];
}

/** Without storage and traffic, which depend on the size, and without what API Gateway charges for the message itself. */
function costOfThousand({ grant, inspect, send, see }: Record<'grant' | 'inspect' | 'send' | 'see', Usage>): Row[] {
  const all = [grant, inspect, send, see];
  const sum = (key: keyof Usage) => all.reduce((total, usage) => total + usage[key], 0);
  const seconds = inspect.functionMs / 1000;
  const parts = {
    'DynamoDB units': sum('writeUnits') * prices.writeUnit + sum('readUnits') * prices.readUnit,
    'HTTP requests: leave and addresses': 2 * prices.httpRequest,
    invocations: sum('invocations') * prices.lambdaRequest,
    'inspect, 2 GB for its time': seconds * inspectGigabytes * prices.lambdaGbSecond,
    'queue: send, receive, delete': 3 * prices.queueRequest,
    'S3: upload, read, original, thumbnail': 3 * prices.s3Put + prices.s3Get,
    'CloudFront: thumbnail and original, uncached': 2 * (prices.cdnRequest + prices.s3Get),
  };
  const group = '1 000 pictures sent and seen once, $, without storage and traffic';
  const total = Object.values(parts).reduce((whole, part) => whole + part);
  return Object.entries({ ...parts, total }).map(([name, value]) => ({ group, name, value: 1_000 * value, unit: '$' }));
}

function fail(message: string): never {
  throw new Error(message);
}
