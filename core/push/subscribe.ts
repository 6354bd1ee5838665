import type { Caller } from '#core/accounts/caller.ts';
import type { Runtime } from '#core/runtime.ts';
import { fail, type Result } from '#protocol/failures.ts';
import type { MobileSubscribe, Subscribe, Subscribed, WebSubscribe } from '#protocol/push.ts';
import type { MobileAddress } from './ports.ts';

export interface SubscribePorts extends Pick<Runtime, 'now'> {
  /** Whether notifications may be sent to the endpoint of a browser. */
  isAllowedEndpoint(endpoint: string): boolean;
  /** Whether a text is a public key on P-256 in base64url, for which notifications can be encrypted. */
  isPublicKey(key: string): boolean;
  /** Registers an app's token with SNS. */
  registerApp(device: MobileSubscribe): Promise<MobileAddress | 'not set up' | 'no token'>;
  forgetApp(app: MobileAddress): Promise<void>;
  /** Stores a device for the caller's login. Returns the subscription's id, or undefined if the account is erased. */
  subscribe(
    caller: Caller,
    device: Subscribe,
    address: WebSubscribe | MobileAddress,
    now: number,
  ): Promise<string | undefined>;
  /** The app of a subscription, or undefined if it is a browser's or doesn't exist. */
  appOf(userId: string, id: string): Promise<MobileAddress | undefined>;
  unsubscribe(userId: string, id: string): Promise<void>;
}

/** Subscribes a device to notifications. Errors: `bad_request`, `forbidden` (the platform of an app isn't set up), `not_found`. */
export async function subscribe(ports: SubscribePorts, caller: Caller, device: Subscribe): Promise<Result<Subscribed>> {
  const address = 'platform' in device ? await appAddress(ports, device) : browserAddress(ports, device);
  if ('error' in address) return address;
  const id = await ports.subscribe(caller, device, address.ok, ports.now());
  return id === undefined ? fail('not_found') : { ok: { id } };
}

/** Ends a subscription, if it exists. */
export async function unsubscribe(ports: SubscribePorts, userId: string, id: string): Promise<void> {
  const app = await ports.appOf(userId, id);
  if (app) await ports.forgetApp(app);
  await ports.unsubscribe(userId, id);
}

/** Checks the subscription of a browser. A wrong key would otherwise only be found when a notification is encrypted. */
function browserAddress(ports: SubscribePorts, device: WebSubscribe): Result<WebSubscribe> {
  if (!ports.isAllowedEndpoint(device.endpoint))
    return fail('bad_request', 'endpoint: must be an https address of a push service that this server allows');
  return ports.isPublicKey(device.keys.p256dh)
    ? { ok: device }
    : fail('bad_request', 'keys.p256dh: must be a point of P-256');
}

async function appAddress(ports: SubscribePorts, device: MobileSubscribe): Promise<Result<MobileAddress>> {
  const address = await ports.registerApp(device);
  if (address === 'not set up') return fail('forbidden', `This server does not push to apps by ${device.platform}.`);
  return address === 'no token' ? fail('bad_request', 'token: the platform does not take it') : { ok: address };
}
