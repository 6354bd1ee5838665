import { createClient } from '#adapters/dynamo/client.ts';
import { createSessions } from '#adapters/dynamo/connections/sessions.ts';
import { createMedia } from '#adapters/dynamo/media/media.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { cleanThumbnail, cleanWithin } from '#adapters/media/clean.ts';
import { runtime } from '#adapters/runtime.ts';
import { createMediaFiles } from '#adapters/s3/media-files.ts';
import { deliverToUser } from '#core/delivery/conversations.ts';
import { type InspectPorts, inspect } from '#core/media/inspect.ts';
import { mediaView } from '#core/media/media.ts';
import { deliverer } from '#lambdas/kit/deliver.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { count } from '#lambdas/kit/invocation.ts';
import { logger } from '#lambdas/kit/log.ts';
import { queueHandler } from '#lambdas/kit/queue.ts';
import { Uploads } from './uploads.ts';

const client = createClient();
const sessions = createSessions(createTable(client, setting('CONNECTIONS_TABLE')));
const delivery: Parameters<typeof deliverToUser>[0] = {
  ...runtime,
  connectionsOf: (userIds, now) => sessions.connectionsOf(userIds, now),
  deliver: deliverer(sessions),
};
/** A file that takes longer is rejected. The function's timeout is a minute, so it has time left to say so. */
const cleanMs = 40_000;
const tries = Number(setting('UPLOAD_TRIES'));
const ports: InspectPorts = {
  store: createMedia(client, createTable(client, setting('MEDIA_TABLE'))),
  files: createMediaFiles(setting('MEDIA_BUCKET')),
  clean: cleanWithin(cleanMs),
  cleanThumbnail,
  rejected({ id, contentType }, { reason, message }) {
    logger.warn('An upload was rejected', { mediaId: id, contentType, reason, message });
  },
  thumbnailRejected({ id }, error) {
    logger.warn('A video was taken without its thumbnail', { mediaId: id, error });
  },
};

/** Inspects uploads, and sends the result to the uploader's sockets. An upload whose row isn't there yet is tried again. */
export const handler = queueHandler(Uploads, async (uploads, { attributes }) => {
  const isLastTry = Number(attributes.ApproximateReceiveCount) >= tries;
  for (const { mediaId, at } of uploads) {
    const inspected = await inspect(ports, mediaId, at, Date.now(), isLastTry);
    if (inspected === 'unknown') return 'retry';
    if (inspected === 'gone') continue;
    const { settled } = inspected;
    count(settled.status === 'ready' ? 'MediaReady' : 'MediaRejected');
    await deliverToUser(delivery, settled.ownerId, { type: 'media', ...mediaView(settled) });
  }
  return 'done';
});
