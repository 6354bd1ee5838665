import * as z from 'zod/mini';
import { mediaIdOfUpload } from '#core/media/media.ts';

/** By "Event message structure" of the Amazon S3 user guide; the test event that S3 sends at first has no records. */
const Notification = z.object({
  Records: z._default(
    z.array(z.object({ eventTime: z.string(), s3: z.object({ object: z.object({ key: z.string() }) }) })),
    [],
  ),
});

/** The uploads that a notification of S3 tells of; `at` in ms since 1970. */
export const Uploads = z.pipe(
  Notification,
  z.transform(({ Records }) =>
    Records.flatMap(({ eventTime, s3: { object } }) => {
      // Keys come as in a form. Ours have nothing that would be spelled otherwise.
      const mediaId = mediaIdOfUpload(decodeURIComponent(object.key.replaceAll('+', ' ')));
      return mediaId === undefined ? [] : { mediaId, at: Date.parse(eventTime) };
    }),
  ),
);
