import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { getSignedUrl } from '@aws-sdk/cloudfront-signer';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDistributions, type Distributions } from '../../distribution/index.ts';
import type { Properties } from '../../types.ts';
import { type TestWorld, testWorld } from '../helpers/world.ts';

const pair = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
const [known, unknown] = [pair(), pair()];
const origin = createServer((request, response) => response.end(request.url));
let world: TestWorld;
let distributions: Distributions;
let keyPairId: string;
let address: string;

beforeAll(() => once(origin.listen(0, '127.0.0.1'), 'listening'));
afterAll(() => void origin.close());
beforeEach(async () => {
  world = testWorld();
  distributions = await createDistributions(0, world, []);
  keyPairId = (await create('PublicKey', { PublicKeyConfig: { EncodedKey: known.publicKey } })).ref;
  const group = (await create('KeyGroup', { KeyGroupConfig: { Items: [keyPairId] } })).ref;
  const behavior = { TargetOriginId: 'files', ViewerProtocolPolicy: 'https-only' };
  const created = await create('Distribution', {
    DistributionConfig: {
      Origins: [{ Id: 'files', DomainName: 'files.example', CustomOriginConfig: {} }],
      DefaultCacheBehavior: { ...behavior, TrustedKeyGroups: [group] },
      CacheBehaviors: [{ ...behavior, PathPattern: '/open/*' }],
    },
  });
  // An origin may come after the distribution that names it.
  const { port } = Object(origin.address());
  world.serveAt('https://files.example', `http://localhost:${port}`);
  await world.ready();
  distributions.open({});
  address = world.localize(`https://${created.attributes?.['DomainName']}`);
});
afterEach(() => world[Symbol.asyncDispose]());

function create(name: string, properties: Properties) {
  const type = `AWS::CloudFront::${name}`;
  const handler = distributions.handlers.find(({ types }) => types.includes(type));
  if (!handler) throw new Error(`no handler for ${type}`);
  return handler.create({ stack: 'S', logicalId: name, type, properties }, world);
}

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
const sign = (path: string, more: object = {}) =>
  getSignedUrl({ url: address + path, keyPairId, privateKey: known.privateKey, dateLessThan: inAnHour(), ...more });

test('a distribution without a page is not where a person starts, and has a port of its own', () => {
  expect(address).toMatch(/^http:\/\/localhost:\d+$/);
  expect(address).not.toBe(distributions.url);
});

test('a signed address is good, its own parameters included', async () => {
  for (const path of ['/a/b.jpg', '/a%20b.jpg', '/a?size=2&x=']) expect((await fetch(sign(path))).status).toBe(200);
});

test('what needs no signature is served without', async () => {
  expect(await (await fetch(`${address}/open/a`)).text()).toBe('/open/a');
});

test.for([
  ['none', () => `${address}/a`, 'MissingKey'],
  ['another key', () => sign('/a', { privateKey: unknown.privateKey }), 'AccessDenied'],
  ['an id of no key', () => sign('/a', { keyPairId: 'K0' }), 'AccessDenied'],
  ['the time over', () => sign('/a', { dateLessThan: new Date(Date.now() - 1_000).toISOString() }), 'AccessDenied'],
  ['the time changed', () => sign('/a').replace(/Expires=\d+/, 'Expires=9999999999'), 'AccessDenied'],
  ['another path', () => sign('/a').replace('/a', '/b'), 'AccessDenied'],
  ['another parameter', () => `${sign('/a?size=2')}&size=3`, 'AccessDenied'],
  ['the signature changed', () => sign('/a').replace(/Signature=../, 'Signature=AA'), 'AccessDenied'],
] as const)('a signature is refused: %s', async ([, url, code]) => {
  const response = await fetch(url());
  expect([response.status, await response.text()]).toEqual([403, expect.stringContaining(`<Code>${code}</Code>`)]);
});

test('an origin that nothing serves is told when all else is there', async () => {
  await create('Distribution', {
    DistributionConfig: {
      Origins: [{ Id: 'x', DomainName: 'nowhere.example', CustomOriginConfig: {} }],
      DefaultCacheBehavior: { TargetOriginId: 'x', ViewerProtocolPolicy: 'https-only' },
    },
  });
  await expect(world.ready()).rejects.toThrow("nowhere.example isn't part of the local stack");
});
