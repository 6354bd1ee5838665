import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { v7 } from 'uuid';
import { type Journal, JournalEntry } from '#core/journal.ts';
import { createPut } from './put.ts';

/** Keys begin with a time, so that those since a moment are listed without the others. */
const keyAt = (time: number, id: string) => `${new Date(time).toISOString()}-${id}.json`;

/** Writes the journal of a bucket: an object for each entry. A lock of the bucket keeps them, if it has one. */
export function createJournal(bucket: string, now: () => number = Date.now): Journal {
  const put = createPut(bucket);
  return (entry) => put(keyAt(now(), v7()), JSON.stringify(entry), 'application/json');
}

/** The entries since a time in ms since 1970, in their order. */
export async function* entriesSince(client: S3Client, bucket: string, time: number): AsyncGenerator<JournalEntry> {
  const pages = paginateListObjectsV2({ client }, { Bucket: bucket, StartAfter: new Date(time).toISOString() });
  for await (const { Contents = [] } of pages)
    for (const { Key } of Contents) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
      yield JournalEntry.parse(JSON.parse((await Body?.transformToString()) ?? ''));
    }
}
