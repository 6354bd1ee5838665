import type { Caller } from '#core/accounts/caller.ts';
import type { Runtime } from '#core/runtime.ts';
import { fail, type Result } from '#protocol/failures.ts';
import type { MobileSubscribe, Subscribe, Subscribed, WebSubscribe } from '#protocol/push.ts';
import type { MobileAddress } from './ports.ts';

export interface SubscribePorts extends Pick<Runtime, 'now'> {
  /** Whether pushes may be sent to the address that a browser names. */
  isAllowedEndpoint(endpoint: string): boolean;
  /** Whether a push can be encrypted for a key: it has to be a point of P-256, in base64url. */
  isPublicKey(key: string): boolean;
  /** Gives an app's token to SNS. */
  registerApp(device: MobileSubscribe): Promise<MobileAddress | 'not set up' | 'no token'>;
  forgetApp(app: MobileAddress): Promise<void>;
  /** Keeps a device for the caller's login. Answers with the subscription's id, or with nothing where the user is gone. */
  subscribe(
    caller: Caller,
    device: Subscribe,
    address: WebSubscribe | MobileAddress,
    now: number,
  ): Promise<string | undefined>;
  /** Where a subscription is pushed to, where it is that of an app. */
  appOf(userId: string, id: string): Promise<MobileAddress | undefined>;
  unsubscribe(userId: string, id: string): Promise<void>;
}

/** Subscribes a device to pushes. Errors: `bad_request`, `forbidden` (an app of a platform that isn't set up), `not_found`. */
export async function subscribe(ports: SubscribePorts, caller: Caller, device: Subscribe): Promise<Result<Subscribed>> {
  const address = 'platform' in device ? await appAddress(ports, device) : browserAddress(ports, device);
  if ('error' in address) return address;
  const id = await ports.subscribe(caller, device, address.ok, ports.now());
  return id === undefined ? fail('not_found') : { ok: { id } };
}

/** Ends a subscription. It may have ended before. */
export async function unsubscribe(ports: SubscribePorts, userId: string, id: string): Promise<void> {
  const app = await ports.appOf(userId, id);
  if (app) await ports.forgetApp(app);
  await ports.unsubscribe(userId, id);
}

/** A key that is none would only be found out by encrypting. */
function browserAddress(ports: SubscribePorts, device: WebSubscribe): Result<WebSubscribe> {
  if (!ports.isAllowedEndpoint(device.endpoint))
    return fail('bad_request', 'endpoint: must be an https address of the public internet');
  return ports.isPublicKey(device.keys.p256dh)
    ? { ok: device }
    : fail('bad_request', 'keys.p256dh: must be a point of P-256');
}

async function appAddress(ports: SubscribePorts, device: MobileSubscribe): Promise<Result<MobileAddress>> {
  const address = await ports.registerApp(device);
  if (address === 'not set up') return fail('forbidden', `This server does not push to apps by ${device.platform}.`);
  return address === 'no token' ? fail('bad_request', 'token: the platform does not take it') : { ok: address };
}
