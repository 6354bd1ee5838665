import { ECDH } from 'node:crypto';
import * as z from 'zod/mini';
import { createSubscriptions } from '../../adapters/dynamo/subscriptions.ts';
import { isAllowedEndpoint } from '../../adapters/push/address.ts';
import { fail } from '../../protocol/failures.ts';
import { type PushKey, Subscribe, type Subscribed } from '../../protocol/push.ts';
import { pushId } from '../../protocol/values.ts';
import { setting } from '../kit/environment.ts';
import { authenticated } from '../kit/http.ts';
import { isOnThisMachine } from '../kit/this-machine.ts';
import { profiles, sessions } from './stores.ts';

const publicKey = setting('PUSH_PUBLIC_KEY');
const subscriptions = createSubscriptions(profiles, sessions);

export const pushRoutes = {
  'GET /push/key': authenticated({}, async () => {
    const body: PushKey = { publicKey };
    return { ok: { body } };
  }),

  'POST /push/subscriptions': authenticated({ body: Subscribe }, async (caller, { body: subscription }) => {
    const { endpoint, keys } = subscription;
    if (!isAllowedEndpoint(endpoint, isOnThisMachine))
      return fail('bad_request', 'endpoint: must be an https address of the public internet');
    if (!isPoint(keys.p256dh)) return fail('bad_request', 'keys.p256dh: must be a point of P-256');
    const id = await subscriptions.subscribe(caller, subscription, Date.now());
    if (id === undefined) return fail('not_found');
    const body: Subscribed = { id };
    return { ok: { status: 201, body } };
  }),

  'DELETE /push/subscriptions/{id}': authenticated(
    { params: z.strictObject({ id: pushId }) },
    async ({ userId }, { params }) => {
      await subscriptions.unsubscribe(userId, params.id);
      return { ok: {} };
    },
  ),
};

/** A key that is none would only be found out by encrypting. */
function isPoint(key: string): boolean {
  try {
    ECDH.convertKey(key, 'prime256v1', 'base64url');
    return true;
  } catch {
    return false;
  }
}
