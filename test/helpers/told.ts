import { expect } from 'vitest';
import * as z from 'zod/mini';
import { ConversationEvent, MemberEvent } from '#protocol/events.ts';
import { Message } from '#protocol/messages.ts';
import { Presence } from '#protocol/presence.ts';
import { Receipt } from '#protocol/receipts.ts';
import type { Person } from './api.ts';
import type { LossyDevice } from './lossy-device.ts';
import type { Run } from './run.ts';

/** When someone was in the room: from behind the first number until before the second. */
type Stay = [from: number, until: number];

/** Who was in the room when, as Ann was told, who was there all the time. */
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

/** Everything of one kind that is somewhere in what the server told. */
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
 * Who was told of something was there when it happened, and had joined before where the history is closed. Nobody was told what
 * somebody has read who doesn't want it known, nor what somebody else has muted.
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
      // Also of coming and going oneself.
      for (const { seq } of allIn(ConversationEvent, told)) expectTold(seq === 0 || saw(seq + 1, seq - 1));
      for (const _ of allIn(About, told)) expectTold(own.length > 0);
      for (const { userId } of allIn(Presence, told)) expectTold(userId === person.id || own.length > 0);
    }
  }
}

/** What everyone has been told so far. */
export function marked(run: Run): (device: LossyDevice) => readonly string[] {
  const marks = new Map(run.devices.map(({ platform }) => [platform, platform.told.length]));
  return ({ platform }) => platform.told.slice(marks.get(platform) ?? 0);
}

/** Those of whom somebody may know whether they are there: they share the room, hide from nobody, and haven't blocked who asks. */
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

/** Of what was told since the mark nobody learns of a presence that they may not know of. */
export async function checkPresence(run: Run, since: ReturnType<typeof marked>): Promise<void> {
  for (const person of run.present) {
    const visible = await visibleTo(person, run);
    for (const device of run.known.filter((one) => one.person === person))
      for (const frame of since(device))
        for (const { userId, online, lastSeenAt } of allIn(Presence, JSON.parse(frame)))
          if ((online || lastSeenAt) && !visible.has(userId)) expect.fail(`${person.username} was told ${frame}`);
  }
}
