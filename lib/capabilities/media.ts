import { Duration } from 'aws-cdk-lib';
import { WorkQueue } from '#lib/constructs/work-queue.ts';
import { addFunction, type Foundation } from '#lib/foundation.ts';

/** How often the inspection of an upload is tried. `inspect` settles it with the last one, whatever the file is. */
const uploadTries = 4;

/** Files: uploads, their inspection, signed URLs, and the removal of files that are no longer used. */
export function addMedia(foundation: Foundation, deliveries: WorkQueue): void {
  const { stack, tables, alarms, auth, socket, http, mediaBucket: bucket, mediaSite, site } = foundation;

  // The largest images need some seconds of a whole core, and 1 GB of memory.
  const inspect = addFunction(foundation, 'inspect', {
    memoryMiB: 2_048,
    timeout: Duration.minutes(1),
    isNative: true,
  });
  const uploads = new WorkQueue(stack, 'Uploads', {
    consumer: inspect,
    // An upload may need all the memory and time of an invocation.
    batchSize: 1,
    maxConcurrency: 20,
    maxReceiveCount: uploadTries,
    afterRestore: 'keep',
    alarms,
  });
  inspect.addEnvironment('UPLOAD_TRIES', String(uploadTries));
  bucket.tellUploads(uploads);
  tables.grantInspect(inspect);
  bucket.grantInspect(inspect);
  socket.grantPost(inspect);
  deliveries.grantSend(inspect);

  const media = addFunction(foundation, 'media', { memoryMiB: 512 });
  auth.grantVerify(media, site.url);
  tables.grantCheckLogin(media);
  tables.grantMedia(media);
  mediaSite.grantSign(media);
  bucket.grantUpload(media);
  http.route(media, 'POST /media/upload', 'GET /media/{id}');

  const sweep = addFunction(foundation, 'sweep', { memoryMiB: 512, timeout: Duration.seconds(29) });
  bucket.grantSweep(sweep);
  tables.feedSweep(sweep, alarms);
}
