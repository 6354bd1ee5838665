import type { S3Event } from 'aws-lambda';
import { put } from './parcels.ts';

/** Notes every photo that came in. */
export async function handler(event: S3Event): Promise<void> {
  for (const { s3 } of event.Records) await put(s3.object.key.replace('in/', 'photo-'), `${s3.object.size} bytes`);
}
