import { fail, type Result } from '#protocol/failures.ts';
import { limits } from '#protocol/limits.ts';
import type { Attachment } from '#protocol/media.ts';
import { attachmentOf, type Media } from './media.ts';
import type { MediaStore, Memberships } from './ports.ts';
import { seesOne } from './see.ts';

export interface AttachPorts {
  readonly store: Pick<MediaStore, 'getAll' | 'withUses'>;
  readonly conversations: Memberships;
}

/** How long an unused file must still exist when it is attached, in seconds. The message is written some time after this check. */
const spareSeconds = 600;

/**
 * The attachments of a message. Users may send files that they uploaded for this conversation, and forward files that they can
 * see elsewhere. `now` is in ms since 1970. Errors: `not_found` (the file doesn't exist, or the user can't see it), `conflict`
 * (it isn't ready, or is in too many messages).
 */
export async function attach(
  { store, conversations }: AttachPorts,
  senderId: string,
  conversationId: string,
  mediaIds: readonly string[],
  now: number,
): Promise<Result<Attachment[]>> {
  if (mediaIds.length === 0) return { ok: [] };
  const found = new Map((await store.getAll(mediaIds)).map((media) => [media.id, media]));
  const attachments: Attachment[] = [];
  for (const id of mediaIds) {
    const media = found.get(id);
    if (!media || isLapsing(media) || !(await maySend(media)))
      return fail('not_found', 'There is no such file to send.');
    if (media.status !== 'ready') return fail('conflict', 'The file is not ready.');
    if (media.uses >= limits.messagesPerMedia)
      return fail('conflict', 'The file is in too many messages; upload it again.');
    attachments.push(attachmentOf(media));
  }
  return { ok: attachments };

  function isLapsing({ expiresAt }: Media): boolean {
    return expiresAt !== undefined && expiresAt * 1000 < now + spareSeconds * 1000;
  }

  async function maySend({ id, ownerId, ...media }: Media): Promise<boolean> {
    if (media.conversationId === undefined) return false;
    if (ownerId === senderId) return media.conversationId === conversationId || media.uses > 0;
    const { uses = [] } = (await store.withUses(id)) ?? {};
    return seesOne(conversations, senderId, uses);
  }
}
