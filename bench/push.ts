import { setTimeout as sleep } from 'node:timers/promises';
import { prices } from '#lib/prices.ts';
import { startPushService } from '#test/helpers/push-service.ts';
import { usageRows } from './operations.ts';
import { register } from './person.ts';
import type { Row } from './rows.ts';
import { settled } from './settled.ts';
import { type BenchStack, difference, type Usage } from './stack.ts';

const runs = 10;

/** The memory of `message-stream` and of `push`. */
const functionGigabytes = 0.5;

/**
 * Measures what a push to a user who is away uses in addition to sending the message, with one device and one message a second, and
 * computes the cost of a thousand.
 */
export async function measurePush(stack: BenchStack): Promise<Row[]> {
  const service = await startPushService();
  try {
    const [me, friend] = [await register(stack, 'caller'), await register(stack, 'sleeper')];
    await me.connect();
    const conversationId = await me.talkTo([friend]);
    let sent = 0;
    /** Sends a message, and waits until both functions have finished. */
    const send = async (): Promise<void> => {
      await me.send(conversationId, `message ${++sent}`);
      await settled(stack);
    };
    const unpushed = await stack.usageOf(runs, send);
    const device = service.device();
    await friend.call('POST', '/push/subscriptions', device.subscription);
    const whole = await stack.usageOf(runs, send);
    if (device.notifications.length !== 2 * runs) throw new Error(`${device.notifications.length} notifications`);

    const push = difference(whole, unpushed);
    return [
      ...usageRows('Send to a member who is away, with its push to one device', whole),
      ...usageRows('The push alone', push),
      ...costOfThousand(push),
    ];
  } finally {
    await service.stop();
  }
}

const hangingDevices = 40;
const messagesToThem = 10;

/**
 * Measures how long a push to a device that works takes while one group has 40 devices whose push service accepts connections and
 * never answers. Ten messages to that group come just before.
 */
export async function measurePushBesideHanging(stack: BenchStack): Promise<Row[]> {
  const [service, hanging] = await Promise.all([startPushService(), startPushService()]);
  try {
    const [me, friend] = [await register(stack, 'caller'), await register(stack, 'sleeper')];
    const others = [];
    for (let i = 0; i < hangingDevices; i++) {
      const person = await register(stack, `hanging${i}`);
      const device = hanging.device();
      device.answers.push(...Array.from({ length: 1_000 }, () => ({ status: 'hangs' }) as const));
      await person.call('POST', '/push/subscriptions', device.subscription);
      others.push(person);
    }
    const device = service.device();
    await friend.call('POST', '/push/subscriptions', device.subscription);
    await me.connect();
    const [group, direct] = [await me.talkTo(others), await me.talkTo([friend])];
    const pushed = async (): Promise<number> => {
      const before = device.notifications.length;
      const start = performance.now();
      await me.send(direct, 'hello');
      while (device.notifications.length === before) await sleep(10);
      return performance.now() - start;
    };
    await pushed();
    const alone = await pushed();
    for (let i = 0; i < messagesToThem; i++) {
      await me.send(group, `message ${i}`);
      await sleep(1_100);
    }
    const beside = [await pushed(), await pushed(), await pushed()];
    const group40 = `A push beside ${hangingDevices} devices that hang`;
    return [
      { group: group40, name: 'from sending to the device, without them', value: alone, unit: 'ms' },
      { group: group40, name: 'from sending to the device, the longest of 3', value: Math.max(...beside), unit: 'ms' },
    ];
  } finally {
    await Promise.all([service.stop(), hanging.stop()]);
  }
}

/** Web Push itself is free. One message a second is the worst case, because several messages of a conversation make one push. */
function costOfThousand({ readUnits, writeUnits, invocations, functionMs }: Usage): Row[] {
  const parts = {
    'DynamoDB units': writeUnits * prices.writeUnit + readUnits * prices.readUnit,
    invocations: invocations * prices.lambdaRequest,
    'push, 512 MB for its time': (functionMs / 1000) * functionGigabytes * prices.lambdaGbSecond,
    'queue: send, receive, delete': 3 * prices.queueRequest,
  };
  const group = '1 000 messages pushed to one device each, $, without sending them';
  const total = Object.values(parts).reduce((whole, part) => whole + part);
  return Object.entries({ ...parts, total }).map(([name, value]) => ({ group, name, value: 1_000 * value, unit: '$' }));
}
