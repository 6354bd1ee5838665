import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { isPublicKey } from '#adapters/push/public-key.ts';
import { type SubscribePorts, subscribe, unsubscribe } from '#core/push/subscribe.ts';
import { testRuntime } from '#test/helpers/runtime.ts';

const caller = { userId: 'ann', familyId: 'f', expiresAt: 0 };
const browser = { endpoint: 'https://push.example/x', keys: { p256dh: 'a point', auth: 'secret' } };
const app = { platform: 'fcm', token: 'token' } as const;
const address = { platform: 'fcm', endpointArn: 'arn' } as const;

function world(more: Partial<SubscribePorts> = {}) {
  const calls: unknown[] = [];
  const ports: SubscribePorts = {
    ...testRuntime(7),
    isAllowedEndpoint: () => true,
    isPublicKey: () => true,
    registerApp: async () => address,
    forgetApp: async (one) => void calls.push(['forget', one]),
    async subscribe(...call) {
      calls.push(call);
      return 'id';
    },
    appOf: async () => undefined,
    unsubscribe: async (...call) => void calls.push(call),
    ...more,
  };
  return { ports, calls };
}

test('a device is kept for the login that it came with, an app by the address that SNS has for it', async () => {
  const { ports, calls } = world();
  for (const device of [browser, app]) expect(await subscribe(ports, caller, device)).toEqual({ ok: { id: 'id' } });
  expect(calls).toEqual([
    [caller, browser, browser, 7],
    [caller, app, address, 7],
  ]);
});

test.each([
  ['an address that is not allowed', browser, { isAllowedEndpoint: () => false }, 'bad_request'],
  ['a key that is none', browser, { isPublicKey: () => false }, 'bad_request'],
  ['a token that the platform does not take', app, { registerApp: async () => 'no token' as const }, 'bad_request'],
  ['a platform that is not set up', app, { registerApp: async () => 'not set up' as const }, 'forbidden'],
])('%s is refused, and nothing is kept', async (_, device, more: Partial<SubscribePorts>, code) => {
  const { ports, calls } = world(more);
  expect(await subscribe(ports, caller, device)).toMatchObject({ error: { code } });
  expect(calls).toEqual([]);
});

test('who is gone is not found', async () => {
  const { ports } = world({ subscribe: async () => undefined });
  expect(await subscribe(ports, caller, browser)).toMatchObject({ error: { code: 'not_found' } });
});

test('ending the subscription of an app lets SNS forget its token', async () => {
  const { ports, calls } = world({ appOf: async () => address });
  await unsubscribe(ports, 'ann', 'id');
  expect(calls).toEqual([
    ['forget', address],
    ['ann', 'id'],
  ]);
});

test('a public key is a point of P-256', () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  expect(isPublicKey(point.toString('base64url'))).toBe(true);
  expect(isPublicKey(Buffer.alloc(65, 4).toString('base64url'))).toBe(false);
});
