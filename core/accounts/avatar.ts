import { isAvatarOf } from '#core/media/media.ts';
import type { MediaStore } from '#core/media/ports.ts';
import { untilApplied } from '#core/retry.ts';
import type { Runtime } from '#core/runtime.ts';
import { fail, type Result } from '#protocol/failures.ts';
import type { Account, Users } from './ports.ts';

export interface Avatars extends Pick<MediaStore, 'get'> {
  /** Replaces the avatar of `account` with a file. Returns false if either has changed since it was read. */
  set(account: Account, mediaId: string): Promise<boolean>;
}

/** Changes a user's avatar. Errors: `not_found` (no such person, or no such image of theirs), `unavailable`. */
export function changeAvatar(
  users: Users,
  avatars: Avatars & Pick<Runtime, 'sleep' | 'random'>,
  userId: string,
  mediaId: string,
): Promise<Result<unknown>> {
  return untilApplied<unknown>(avatars, async () => {
    const [account, media] = await Promise.all([users.get(userId), avatars.get(mediaId)]);
    if (!account) return fail('not_found');
    if (account.avatarMediaId === mediaId) return { ok: {} };
    if (!isAvatarOf(media, userId)) return fail('not_found', 'There is no such image.');
    return (await avatars.set(account, mediaId)) ? { ok: {} } : undefined;
  });
}
