import * as z from 'zod/mini';
import { createSubscriptions } from '#adapters/dynamo/users/push-subscriptions.ts';
import { isAllowedEndpoint } from '#adapters/push/address.ts';
import { isPublicKey } from '#adapters/push/public-key.ts';
import { runtime } from '#adapters/runtime.ts';
import { type SubscribePorts, subscribe, unsubscribe } from '#core/push/subscribe.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { authenticated } from '#lambdas/kit/http.ts';
import { mobile } from '#lambdas/kit/mobile.ts';
import { pushHosts } from '#lambdas/kit/push-hosts.ts';
import { isOnThisMachine } from '#lambdas/kit/this-machine.ts';
import { type PushKey, Subscribe } from '#protocol/push.ts';
import { pushId } from '#protocol/values.ts';
import { profiles, sessions } from './dependencies.ts';

const publicKey = setting('PUSH_PUBLIC_KEY');
const ports: SubscribePorts = {
  ...runtime,
  ...createSubscriptions(profiles, sessions),
  isAllowedEndpoint: (endpoint) => isAllowedEndpoint(endpoint, { toThisMachine: isOnThisMachine, hosts: pushHosts }),
  isPublicKey,
  registerApp: mobile.register,
  forgetApp: mobile.forget,
};

export const pushRoutes = {
  'GET /push/key': authenticated({}, async () => {
    const body: PushKey = { publicKey };
    return { ok: { body } };
  }),

  'POST /push/subscriptions': authenticated({ body: Subscribe, cost: 10 }, async (caller, { body: device }) => {
    const subscribed = await subscribe(ports, caller, device);
    return 'error' in subscribed ? subscribed : { ok: { status: 201, body: subscribed.ok } };
  }),

  'DELETE /push/subscriptions/{id}': authenticated(
    { params: z.strictObject({ id: pushId }), cost: 5 },
    async ({ userId }, { params }) => {
      await unsubscribe(ports, userId, params.id);
      return { ok: {} };
    },
  ),
};
