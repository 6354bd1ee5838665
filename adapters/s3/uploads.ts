import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { GrantPorts } from '#core/media/grant.ts';

/**
 * Presigns uploads to a bucket. The signature covers only headers that are named as signable, and the SDK moves the checksum into
 * the query unless it is named as unhoistable. Without both, S3 would accept any type, length and bytes.
 */
export function createUploads(bucket: string): GrantPorts['presign'] {
  // By default the SDK would add the checksum of an empty body.
  const client = new S3Client({ requestChecksumCalculation: 'WHEN_REQUIRED' });
  return async ({ key, contentType, size, sha256 }, seconds) => {
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      ContentType: contentType,
      ContentLength: size,
      ChecksumSHA256: sha256,
    });
    const url = await getSignedUrl(client, command, {
      expiresIn: seconds,
      signableHeaders: new Set(['host', 'content-type', 'content-length', 'x-amz-checksum-sha256']),
      unhoistableHeaders: new Set(['x-amz-checksum-sha256']),
    });
    // `content-length` isn't among the headers to send. Each HTTP client sets it, and browsers don't let scripts set it.
    const headers = { 'content-type': contentType, ...(sha256 !== undefined && { 'x-amz-checksum-sha256': sha256 }) };
    return { method: 'PUT', url, headers };
  };
}
