import { maySee, ownOf } from '#core/access.ts';
import { fail, type Result } from '#protocol/failures.ts';
import type { Media } from './media.ts';
import type { MediaStore, Memberships, Use } from './ports.ts';

export interface SeePorts {
  readonly store: Pick<MediaStore, 'withUses'>;
  readonly conversations: Memberships;
}

/**
 * A file for a user who may see it. Its uploader may, and those who can see a message with it. Everyone may see an avatar. Errors:
 * `not_found`, `forbidden`.
 */
export async function seeMedia({ store, conversations }: SeePorts, userId: string, id: string): Promise<Result<Media>> {
  const found = await store.withUses(id);
  if (!found) return fail('not_found');
  const { media, uses } = found;
  const isPublic = media.conversationId === undefined && media.status === 'ready';
  if (media.ownerId === userId || isPublic || (await seesOne(conversations, userId, uses))) return { ok: media };
  return fail('forbidden');
}

/** Whether a user can see one of the messages among some uses. */
export async function seesOne(conversations: Memberships, userId: string, uses: readonly Use[]): Promise<boolean> {
  const messages = uses.flatMap((use) =>
    'conversationId' in use && use.seq !== undefined ? { ...use, seq: use.seq } : [],
  );
  const ids = new Set(messages.map(({ conversationId }) => conversationId));
  const known = new Map((await conversations.loadAll([...ids], userId)).map((one) => [one.id, one]));
  return messages.some(({ conversationId, seq }) => {
    const own = ownOf(known.get(conversationId), userId);
    return own !== undefined && maySee(own.conversation, own.me, seq);
  });
}
