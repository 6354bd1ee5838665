import { ECDH } from 'node:crypto';
import * as z from 'zod/mini';
import { createSubscriptions } from '#adapters/dynamo/users/push-subscriptions.ts';
import { isAllowedEndpoint } from '#adapters/push/address.ts';
import type { MobileAddress } from '#core/push/ports.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { authenticated } from '#lambdas/kit/http.ts';
import { mobile } from '#lambdas/kit/mobile.ts';
import { isOnThisMachine } from '#lambdas/kit/this-machine.ts';
import { fail, type Result } from '#protocol/failures.ts';
import { type MobileSubscribe, type PushKey, Subscribe, type Subscribed, type WebSubscribe } from '#protocol/push.ts';
import { pushId } from '#protocol/values.ts';
import { profiles, sessions } from './dependencies.ts';

const publicKey = setting('PUSH_PUBLIC_KEY');
const subscriptions = createSubscriptions(profiles, sessions);

export const pushRoutes = {
  'GET /push/key': authenticated({}, async () => {
    const body: PushKey = { publicKey };
    return { ok: { body } };
  }),

  'POST /push/subscriptions': authenticated({ body: Subscribe }, async (caller, { body: device }) => {
    const address = 'platform' in device ? await appAddress(device) : browserAddress(device);
    if ('error' in address) return address;
    const id = await subscriptions.subscribe(caller, device, address.ok, Date.now());
    if (id === undefined) return fail('not_found');
    const body: Subscribed = { id };
    return { ok: { status: 201, body } };
  }),

  'DELETE /push/subscriptions/{id}': authenticated(
    { params: z.strictObject({ id: pushId }) },
    async ({ userId }, { params }) => {
      const app = await subscriptions.appOf(userId, params.id);
      if (app) await mobile.forget(app);
      await subscriptions.unsubscribe(userId, params.id);
      return { ok: {} };
    },
  ),
};

function browserAddress(device: WebSubscribe): Result<WebSubscribe> {
  if (!isAllowedEndpoint(device.endpoint, isOnThisMachine))
    return fail('bad_request', 'endpoint: must be an https address of the public internet');
  return isPoint(device.keys.p256dh) ? { ok: device } : fail('bad_request', 'keys.p256dh: must be a point of P-256');
}

async function appAddress(device: MobileSubscribe): Promise<Result<MobileAddress>> {
  const address = await mobile.register(device);
  if (address === 'not set up') return fail('forbidden', `This server does not push to apps by ${device.platform}.`);
  return address === 'no token' ? fail('bad_request', 'token: the platform does not take it') : { ok: address };
}

/** A key that is none would only be found out by encrypting. */
function isPoint(key: string): boolean {
  try {
    ECDH.convertKey(key, 'prime256v1', 'base64url');
    return true;
  } catch {
    return false;
  }
}
