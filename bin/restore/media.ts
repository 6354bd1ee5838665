import type { DynamoDb } from '#adapters/dynamo/client.ts';
import { expression } from '#adapters/dynamo/expression.ts';
import { keys } from '#adapters/dynamo/messages/keys.ts';
import { createTable, type Item, type Table } from '#adapters/dynamo/table.ts';
import { partitionsOf } from './scan.ts';

/** How long a file that nothing uses is kept, in s. */
const unusedSeconds = 24 * 3_600;

/**
 * Makes the uses of files agree with the messages, users and groups that have them, as far as the restored tables say. A use too many
 * would give access to a file that nobody shows; a count too low would delete one that somebody does. Returns how many files were
 * repaired.
 */
export async function reconcileUses(
  client: DynamoDb,
  names: { media: string; messages: string; users: string },
  now: number,
): Promise<number> {
  const [media, messages, users] = [names.media, names.messages, names.users].map((name) => createTable(client, name));
  if (!media || !messages || !users) throw new Error('A table is missing');
  let repaired = 0;
  for await (const items of partitionsOf(client, names.media)) {
    const file = items.find(({ sk }) => sk === 'media');
    const uses = items.filter(({ sk }) => String(sk).startsWith('use#'));
    const kept: Item[] = [];
    for (const use of uses) {
      if (await isUsed({ messages, users }, String(use['sk']), String(use['pk']))) kept.push(use);
      else await media.delete({ pk: String(use['pk']), sk: String(use['sk']) });
    }
    if (!file || (kept.length === uses.length && Number(file['uses'] ?? 0) === kept.length)) continue;
    const key = { pk: String(file['pk']), sk: 'media' };
    const ends = Math.ceil(now / 1000) + unusedSeconds;
    await media.update(
      key,
      kept.length > 0
        ? expression`SET uses = ${kept.length} REMOVE expiresAt`
        : expression`SET uses = ${0}, expiresAt = ${ends}`,
    );
    repaired += 1;
  }
  return repaired;
}

/** Whether what a use names does have the file. The sort key is `use#conversation#<id>#<seq or avatar>` or `use#user#<id>`. */
async function isUsed(
  { messages, users }: { messages: Table; users: Table },
  sk: string,
  id: string,
): Promise<boolean> {
  const [, kind, owner = '', what = ''] = sk.split('#');
  if (kind === 'user') {
    const profile = await users.get({ pk: `user#${owner}`, sk: 'profile' }, { consistent: true });
    return profile?.['avatarMediaId'] === id;
  }
  if (what === 'avatar') return (await messages.get(keys.head(owner), { consistent: true }))?.['avatar'] !== undefined;
  const message = await messages.get(keys.change(owner, Number(what)), { consistent: true });
  const files: unknown = message?.['media'];
  return Array.isArray(files) && files.some((file) => Object(file).id === id);
}
