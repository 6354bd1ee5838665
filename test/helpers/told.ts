import { expect } from 'vitest';
import * as z from 'zod/mini';
import { ConversationEvent, MemberEvent } from '#protocol/events.ts';
import { Message } from '#protocol/messages.ts';
import { Presence } from '#protocol/presence.ts';
import { Receipt } from '#protocol/receipts.ts';
import type { Person } from './api.ts';
import type { LossyDevice } from './lossy-device.ts';
import type { Run } from './run.ts';

/** When a user was in the conversation: after the first `seq`, and before the second. */
type Stay = [from: number, until: number];

/** When each user was in the conversation, by the events of Ann, who never leaves. */
async function staysIn({ room, people }: Run): Promise<Map<string, Stay[]>> {
  const [ann, ben, cara] = people;
  const stays = new Map<string, Stay[]>([ann, ben, cara].map(({ id }) => [id, [[0, Number.POSITIVE_INFINITY]]]));
  for (let cursor = 0, more = true; more; ) {
    const { body } = await ann.call('POST /sync', { body: { cursors: { [room]: cursor } } });
    const [synced] = body.conversations;
    expect(synced.resync, 'too much happened for one sync').toBeUndefined();
    for (const { userId, change, seq } of synced.events.flatMap((event: unknown) => allIn(MemberEvent, event))) {
      const theirs = stays.get(userId) ?? [];
      const last = theirs.at(-1);
      if (change === 'added') stays.set(userId, [...theirs, [seq, Number.POSITIVE_INFINITY]]);
      if (['left', 'removed'].includes(change) && last) last[1] = Math.min(last[1], seq);
    }
    cursor = synced.events.at(-1)?.seq ?? cursor;
    more = synced.more;
  }
  return stays;
}

/** All objects of one kind in what the server sent, however deep. */
function allIn<T>(schema: z.ZodMiniType<T>, told: unknown): T[] {
  if (typeof told !== 'object' || told === null) return [];
  const { success, data } = schema.safeParse(told);
  return [...(success ? [data] : []), ...Object.values(told).flatMap((part) => allIn(schema, part))];
}

const About = z.object({
  type: z.enum(['receipt', 'typing', 'muted']),
  conversationId: z.string(),
  userId: z.optional(z.string()),
});

/**
 * Checks what the server sent to each user: only changes from when they were a member, only messages from after they joined if
 * the history is closed, no read pointer that its user hides, and no muted conversation of somebody else.
 */
export async function checkSecrecy(run: Run): Promise<void> {
  const stays = await staysIn(run);
  const hiding = new Set(run.hiding.map(({ id }) => id));
  for (const { person, platform } of run.devices) {
    const own = stays.get(person.id) ?? [];
    const saw = (from: number, until: number) => own.some((stay) => (run.opens || stay[0] < from) && until < stay[1]);
    for (const frame of new Set(platform.told)) {
      const expectTold = (is: boolean) => is || expect.fail(`${person.username}, there at ${own}, was told ${frame}`);
      const told: unknown = JSON.parse(frame);
      for (const { userId, read } of allIn(Receipt, told))
        expectTold(userId === person.id || read === 0 || !hiding.has(userId));
      for (const { seq, updatedSeq = seq, text, media } of allIn(Message, told))
        expectTold((text === '' && media.length === 0) || saw(seq, updatedSeq));
      // A user also gets the changes that add and remove them.
      for (const { seq } of allIn(ConversationEvent, told)) expectTold(seq === 0 || saw(seq + 1, seq - 1));
      for (const _ of allIn(About, told)) expectTold(own.length > 0);
      for (const { userId } of allIn(Presence, told)) expectTold(userId === person.id || own.length > 0);
    }
  }
}

/** Marks the present time. The function that it returns gives the frames that a device got since then. */
export function marked(run: Run): (device: LossyDevice) => readonly string[] {
  const marks = new Map(run.devices.map(({ platform }) => [platform, platform.told.length]));
  return ({ platform }) => platform.told.slice(marks.get(platform) ?? 0);
}

/**
 * The users whose presence somebody may see: they share the conversation, aren't invisible, and haven't blocked the one who asks.
 */
async function visibleTo(asker: Person, { room, people, present }: Run): Promise<Set<string>> {
  const { body } = await people[0].call('GET /conversations/{id}/members', { params: { id: room } });
  const members: string[] = body.members.map(({ userId }: { userId: string }) => userId);
  const visible = new Set<string>();
  for (const { id, call } of members.includes(asker.id) ? present : []) {
    const [settings, blocks] = [await call('GET /users/me/settings'), await call('GET /users/me/blocks')];
    if (members.includes(id) && !settings.body.invisible && !blocks.body.userIds.includes(asker.id)) visible.add(id);
  }
  return visible;
}

/** Checks that since the mark nobody got the presence of a user whose presence they may not see. */
export async function checkPresence(run: Run, since: ReturnType<typeof marked>): Promise<void> {
  for (const person of run.present) {
    const visible = await visibleTo(person, run);
    for (const device of run.known.filter((one) => one.person === person))
      for (const frame of since(device))
        for (const { userId, online, lastSeenAt } of allIn(Presence, JSON.parse(frame)))
          if ((online || lastSeenAt) && !visible.has(userId)) expect.fail(`${person.username} was told ${frame}`);
  }
}
