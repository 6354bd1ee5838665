import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { GrantPorts } from '#core/media/grant.ts';

/**
 * Presigns uploads. Only headers that are named as signable are part of the signature, and checksums are moved to the query
 * unless named again: without both S3 would take any type, length and bytes.
 */
export function createUploads(bucket: string): GrantPorts['presign'] {
  // Else the SDK would sign the checksum of an empty body.
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
    // Every HTTP client sends the length of the body by itself, and browsers let no script do so.
    const headers = { 'content-type': contentType, ...(sha256 !== undefined && { 'x-amz-checksum-sha256': sha256 }) };
    return { method: 'PUT', url, headers };
  };
}
