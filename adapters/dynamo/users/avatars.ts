import type { DynamoDb } from '#adapters/dynamo/client.ts';
import { expression } from '#adapters/dynamo/expression.ts';
import type { MediaTable } from '#adapters/dynamo/media/media.ts';
import { type Table, transact } from '#adapters/dynamo/table.ts';
import type { Avatars } from '#core/accounts/avatar.ts';
import { profileKey } from './users.ts';

/** The avatars of users. The avatar of a group is changed by a plan (`messages/plans.ts`). */
export function createAvatars(client: DynamoDb, users: Table, media: MediaTable): Avatars {
  return {
    get: media.get,

    async set({ id: userId, avatarMediaId: before }, mediaId) {
      const unchanged =
        before === undefined
          ? expression`attribute_exists(pk) AND attribute_not_exists(avatarMediaId)`
          : expression`avatarMediaId = ${before}`;
      const result = await transact(client, [
        {
          table: users.name,
          key: profileKey(userId),
          update: expression`SET avatarMediaId = ${mediaId}`,
          if: unchanged,
        },
        ...media.keeping(mediaId, { userId }),
        ...(await media.letGo(before === undefined ? [] : [before], { userId })),
      ]);
      return result.done;
    },
  };
}
