import * as z from 'zod/mini';
import { mediaIdOfUpload } from '#core/media/media.ts';

/**
 * The notification of S3 ("Event message structure" of the Amazon S3 user guide). The test event that S3 sends at first has no
 * records.
 */
const Notification = z.object({
  Records: z._default(
    z.array(z.object({ eventTime: z.string(), s3: z.object({ object: z.object({ key: z.string() }) }) })),
    [],
  ),
});

/** Parses a notification of S3 to the uploads that it names. `at` is the time of the upload in ms since 1970. */
export const Uploads = z.pipe(
  Notification,
  z.transform(({ Records }) =>
    Records.flatMap(({ eventTime, s3: { object } }) => {
      // Keys are URL-encoded as in a form. Other objects than uploads are ignored.
      const mediaId = mediaIdOfUpload(decodeURIComponent(object.key.replaceAll('+', ' ')));
      return mediaId === undefined ? [] : { mediaId, at: Date.parse(eventTime) };
    }),
  ),
);
