import { createMediaFiles } from '#adapters/s3/media-files.ts';
import { objectKeys } from '#core/media/media.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { streamHandler } from '#lambdas/kit/stream.ts';

const files = createMediaFiles(setting('MEDIA_BUCKET'));

/** Deletes the bytes of files whose rows were deleted. The partition key of a file's row is the file's id. */
export const handler = streamHandler(async (id) => {
  const keys = await Promise.all(objectKeys.foldersOf(id).map(files.keysBelow));
  await files.remove([...objectKeys.uploadsOf(id), ...keys.flat()]);
});
