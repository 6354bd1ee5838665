import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PresenceChange } from '#adapters/queues/presence-changes.ts';
import { graceMs } from '#core/people/presence.ts';
import { type Api, type Person, startApi } from '#test/helpers/api.ts';
import type { Device } from '#test/helpers/device.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const taken: PresenceChange[] = [];
const told = { batchItemFailures: [] };

/** Waits for a user's change that is due so many ms from now. `early` has those that are due ten seconds earlier. */
async function presenceChange({ id }: Person, inMs = 0): Promise<{ due: PresenceChange; early: PresenceChange[] }> {
  const of = () => taken.filter(({ userId }) => userId === id);
  let early: PresenceChange[] = [];
  await expect
    .poll(
      () => {
        taken.push(...api.presenceChanges(inMs - 10_000));
        early = of();
        taken.push(...api.presenceChanges(inMs));
        return of().length;
      },
      { timeout: 60_000 },
    )
    .toBeGreaterThan(early.length);
  const [due] = of();
  if (!due) throw new Error('no change');
  taken.splice(taken.indexOf(due), 1);
  return { due, early };
}

/** The changes of a user that are queued and nobody has taken, whenever they are due within the grace. */
function queued({ id }: Person): PresenceChange[] {
  for (let more = api.presenceChanges(graceMs); more.length > 0; more = api.presenceChanges(graceMs))
    taken.push(...more);
  return taken.filter(({ userId }) => userId === id);
}

/** A group of Ann and Ben. Ann's device subscribes to Ben's presence. */
async function watching() {
  const [ann, ben] = [await api.register('ann'), await api.register('ben')];
  const body = { type: 'group', name: 'both', memberIds: [ben.id] };
  const { id } = (await ann.call('POST /conversations', { body })).body;
  const device = await ann.open();
  await device.ask({ action: 'presence', userIds: [ben.id] });
  return { ann, ben, device, id };
}

const presences = (device: Device) => device.events.filter(({ type }) => type === 'presence');
const state = ({ id: userId }: Person, online: boolean, lastSeenAt: string | null = null) => ({
  type: 'presence',
  userId,
  online,
  lastSeenAt,
});

async function close(device: Device): Promise<void> {
  device.socket.webSocket.close();
  await device.socket.closed;
}

/** Posts a marker to a device, and waits for it. Everything that was posted before has then arrived, too. */
async function settle(device: Device, by: Person, conversationId: string): Promise<void> {
  const other = await by.open();
  const seen = device.messages.length;
  await other.ask({ action: 'message', conversationId, text: 'marker' });
  await device.until(() => device.messages.length > seen);
}

describe('subscribers', () => {
  test('are told who came, and who went once the grace is over', async () => {
    const { ben, device } = await watching();
    const phone = await ben.open();
    expect(await api.tellPresence((await presenceChange(ben)).due)).toEqual(told);
    await device.until(() => presences(device).length === 1);
    await close(phone);
    const { due, early } = await presenceChange(ben, graceMs);
    expect(early).toEqual([]);
    expect(due).toEqual({ userId: ben.id, goneAt: expect.any(Number) });
    expect(await api.tellPresence(due)).toEqual(told);
    await device.until(() => presences(device).length === 2);
    const lastSeenAt = new Date(due.goneAt ?? 0).toISOString();
    expect(presences(device)).toEqual([state(ben, true), state(ben, false, lastSeenAt)]);
  });

  test('are not told of a reconnect', async () => {
    const { ben, device, id } = await watching();
    const first = await ben.open();
    await presenceChange(ben);
    await close(first);
    const { due } = await presenceChange(ben, graceMs);
    const second = await ben.open();
    await api.tellPresence(due);
    await close(second);
    // The reconnect isn't a change. The next change is the next disconnect.
    const again = (await presenceChange(ben, graceMs)).due;
    expect(again.goneAt).toBeGreaterThan(due.goneAt ?? 0);
    await api.tellPresence(due);
    await settle(device, ben, id);
    expect(presences(device)).toEqual([]);
  });

  test('are told at once who hides, and nothing of them from then on', async () => {
    const { ben, device, id } = await watching();
    const phone = await ben.open();
    await presenceChange(ben);
    const set = (invisible: boolean) => ben.call('PATCH /users/me/settings', { body: { invisible } });
    await set(true);
    await api.tellPresence((await presenceChange(ben)).due);
    await close(phone);
    const goneAt = async () => {
      const [row] = await api.sessions.statesOf([ben.id], Date.now());
      return row?.connections.length === 0 ? row.lastSeenAt : undefined;
    };
    await expect.poll(goneAt).toBeDefined();
    // Nobody is told even if it was queued that they went, as for someone who hides within the grace.
    await api.tellPresence({ userId: ben.id, goneAt: await goneAt() });
    await settle(device, ben, id);
    expect(presences(device)).toEqual([state(ben, false)]);
    await set(false);
    await api.tellPresence((await presenceChange(ben)).due);
    // The stream has the writes of a row in their order, so whatever was queued when the phone went is there by now.
    expect(queued(ben)).toEqual([]);
    await device.until(() => presences(device).length === 2);
    expect(presences(device)[1]).toEqual(state(ben, true));
  });

  test('are told nothing once they left the last conversation that they shared, or are blocked', async () => {
    const { ben, device } = await watching();
    const [cara, dora] = [await api.register('cara'), await api.register('dora')];
    const body = { type: 'group', name: 'all', memberIds: [cara.id, dora.id] };
    const { id } = (await ben.call('POST /conversations', { body })).body;
    const devices = [await cara.open(), await dora.open()];
    for (const other of devices) await other.ask({ action: 'presence', userIds: [ben.id] });
    await cara.call('DELETE /conversations/{id}/members/{userId}', { params: { id, userId: cara.id } });
    await ben.call('PUT /users/me/blocks/{id}', { params: { id: dora.id } });
    // This is as if she had subscribed at the moment of the block.
    const [connection] = await api.sessions.connectionsOf([dora.id], Date.now());
    if (connection) await api.presenceSubscriptions.subscribe(connection, [ben.id], Date.now());
    await ben.open();
    expect(await api.tellPresence((await presenceChange(ben)).due)).toEqual(told);
    await device.until(() => presences(device).length === 1);
    for (const other of devices) expect(presences(other)).toEqual([]);
  });

  test('that are gone are forgotten', async () => {
    const { ann, ben, device } = await watching();
    const laptop = await ann.open();
    await laptop.ask({ action: 'presence', userIds: [ben.id] });
    await close(device);
    await expect.poll(() => api.sessions.connectionsOf([ann.id], Date.now())).toHaveLength(1);
    await ben.open();
    await api.tellPresence((await presenceChange(ben)).due);
    await laptop.until(() => presences(laptop).length === 1);
    expect(await api.presenceSubscriptions.subscriptionsTo(ben.id, Date.now())).toHaveLength(1);
  });

  test('that cannot be reached are told later: the change comes again', async () => {
    const { ann, ben } = await watching();
    const old = { userId: ann.id, connectionId: 'not an id', familyId: 'none' };
    await api.sessions.connect(old, Date.now());
    await api.presenceSubscriptions.subscribe(old, [ben.id], Date.now());
    expect(await api.tellPresence({ userId: ben.id })).toEqual({ batchItemFailures: [{ itemIdentifier: 'change' }] });
  });
});
