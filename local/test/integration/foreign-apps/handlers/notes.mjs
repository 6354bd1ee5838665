import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { find, note } from './notes-table.mjs';

const s3 = new S3Client({ requestChecksumCalculation: 'WHEN_REQUIRED' });

export async function serve({ routeKey, pathParameters: { id }, body }) {
  if (routeKey.startsWith('POST')) {
    const command = new PutObjectCommand({ Bucket: process.env.PICTURES, Key: id });
    return { url: await getSignedUrl(s3, command, { expiresIn: 60 }) };
  }
  if (routeKey.startsWith('PUT')) await note(id, body);
  const text = await find(id);
  return text === undefined ? { statusCode: 404 } : { id, text };
}

export async function uploaded({ detail }) {
  await note(detail.object.key, `${detail.object.size} bytes`);
}
