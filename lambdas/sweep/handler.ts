import { createMediaFiles } from '#adapters/s3/media-files.ts';
import { objectKeys } from '#core/media/media.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { streamHandler } from '#lambdas/kit/stream.ts';

const files = createMediaFiles(setting('MEDIA_BUCKET'));

/** Removes the bytes of files whose rows have gone, whatever the reason; the partition key of a file's row is its id. */
export const handler = streamHandler(async (id) => {
  const keys = await Promise.all(objectKeys.foldersOf(id).map(files.keysBelow));
  await files.remove([objectKeys.upload(id), ...keys.flat()]);
});
