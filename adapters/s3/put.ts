import { hash } from 'node:crypto';
import { createCaller } from '#adapters/aws/caller.ts';
import { endpointOf } from '#adapters/aws/environment.ts';
import { escapeSegment } from '#adapters/aws/signer.ts';

/**
 * Creates a function that stores an object of a bucket under a key ("PutObject"). S3 compares the checksum with what it got; under an
 * Object Lock a request must have one ("Object Lock considerations").
 */
export function createPut(bucket: string) {
  const send = createCaller('s3', { endpoint: endpointOf('S3', 's3') });
  return async (key: string, text: string, contentType: string): Promise<void> => {
    const headers = { 'content-type': contentType, 'x-amz-checksum-sha256': hash('sha256', text, 'base64') };
    const path = [bucket, ...key.split('/')].map((part) => `/${escapeSegment(part)}`).join('');
    await send(path, { method: 'PUT', headers, body: Buffer.from(text) });
  };
}
