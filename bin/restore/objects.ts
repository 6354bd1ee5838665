import {
  type DeleteMarkerEntry,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { DynamoDb } from '#adapters/dynamo/client.ts';
import { createTable } from '#adapters/dynamo/table.ts';

/**
 * Brings back the files that were deleted since, as far as their rows are there again: it removes the marker with which S3 hides the
 * former version ("Deleting object versions from a versioning-enabled bucket"). Those of accounts that were erased since have no use any more after the replay,
 * so it must come after that. Returns how many objects came back.
 */
export async function bringBackObjects(
  { database, s3 }: { database: DynamoDb; s3: S3Client },
  { media, bucket, since }: { media: string; bucket: string; since: Date },
): Promise<number> {
  const table = createTable(database, media);
  let back = 0;
  for (const Prefix of ['media/', 'avatars/'])
    for await (const { Key = '', VersionId, IsLatest, LastModified } of markersBelow(s3, bucket, Prefix)) {
      if (!IsLatest || !LastModified || LastModified < since) continue;
      const row = await table.get({ pk: Key.split('/')[1] ?? '', sk: 'media' }, { consistent: true });
      if (!row || row['expiresAt'] !== undefined) continue;
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key, VersionId }));
      back += 1;
    }
  return back;
}

async function* markersBelow(s3: S3Client, Bucket: string, Prefix: string): AsyncGenerator<DeleteMarkerEntry> {
  let [KeyMarker, VersionIdMarker]: (string | undefined)[] = [];
  do {
    const page: ListObjectVersionsCommandOutput = await s3.send(
      new ListObjectVersionsCommand({ Bucket, Prefix, KeyMarker, VersionIdMarker }),
    );
    yield* page.DeleteMarkers ?? [];
    [KeyMarker, VersionIdMarker] = page.IsTruncated ? [page.NextKeyMarker, page.NextVersionIdMarker] : [];
  } while (KeyMarker !== undefined);
}
