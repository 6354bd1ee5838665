import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { cacheControl, objectKeys } from '#core/media/media.ts';
import type { MediaFiles, UploadedFile } from '#core/media/ports.ts';

/** Access to the bucket of uploaded files. */
export function createMediaFiles(bucket: string): MediaFiles & { keysBelow(prefix: string): Promise<string[]> } {
  const client = new S3Client({ maxAttempts: 4 });
  return {
    uploaded: (id) => uploaded(objectKeys.upload(id)),
    uploadedThumbnail: (id) => uploaded(objectKeys.uploadedThumbnail(id)),

    async put(key, bytes, contentType) {
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: bytes,
          ContentType: contentType,
          CacheControl: cacheControl(key),
        }),
      );
    },

    async remove(keys) {
      if (keys.length === 0) return;
      const Objects = keys.map((Key) => ({ Key }));
      const { Errors = [] } = await client.send(
        new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
      );
      if (Errors.length > 0) throw new Error(`Objects were not removed: ${Errors.map(({ Code }) => Code).join(', ')}`);
    },

    /** The keys with a prefix, 1 000 at most. A file never has that many. */
    async keysBelow(prefix) {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
      return Contents.flatMap(({ Key }) => Key ?? []);
    },
  };

  async function uploaded(key: string): Promise<UploadedFile | undefined> {
    try {
      const {
        Body,
        ContentLength = 0,
        ETag = '',
      } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      if (!Body) return undefined;
      return {
        size: ContentLength,
        version: ETag.replaceAll('"', ''),
        read: async () => Buffer.from(await Body.transformToByteArray()),
      };
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }
}
