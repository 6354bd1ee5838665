import { Duration } from 'aws-cdk-lib';
import { WorkQueue } from '#lib/constructs/work-queue.ts';
import { addFunction, type Foundation } from '#lib/foundation.ts';

/** Uploading files, looking at them before anyone else does, showing them, and removing what is no longer used. */
export function addMedia(foundation: Foundation, deliveries: WorkQueue): void {
  const { stack, tables, alarms, auth, socket, http, mediaBucket: bucket, mediaSite, site } = foundation;

  // The largest images take some seconds of a whole core, and a gigabyte.
  const inspect = addFunction(foundation, 'inspect', {
    memoryMiB: 2_048,
    timeout: Duration.minutes(1),
    isNative: true,
  });
  const uploads = new WorkQueue(stack, 'Uploads', {
    consumer: inspect,
    // One by one: each may take all the memory and time that there is.
    batchSize: 1,
    maxConcurrency: 20,
    maxReceiveCount: 3,
    alarms,
    alarmText: 'Uploads could not be looked at; their notifications are in the dead-letter queue.',
  });
  bucket.tellUploads(uploads);
  tables.grantInspect(inspect);
  bucket.grantInspect(inspect);
  socket.grantPost(inspect);
  deliveries.grantSend(inspect);

  const media = addFunction(foundation, 'media', { memoryMiB: 512 });
  auth.grantVerify(media, site.url);
  tables.grantMedia(media);
  mediaSite.grantSign(media);
  bucket.grantUpload(media);
  http.route(media, 'POST /media/upload', 'GET /media/{id}');

  const sweep = addFunction(foundation, 'sweep', { memoryMiB: 512, timeout: Duration.seconds(29) });
  bucket.grantSweep(sweep);
  tables.feedSweep(sweep, alarms);
}
