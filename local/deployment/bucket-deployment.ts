import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import * as z from 'zod/mini';
import { handleChanging } from '../handle.ts';
import { absent, Flag } from '../parse.ts';
import { objectsOf } from '../services/s3/index.ts';
import { StackError, type World } from '../types.ts';
import { contentType } from './content-type.ts';

const texts = z.record(z.string(), z.string());
const properties = z.object({
  SourceObjectKeys: z.array(z.string()),
  SourceMarkers: z._default(z.array(texts), []),
  SourceMarkersConfig: z._default(z.array(z.object({ jsonEscape: z._default(Flag, false) })), []),
  DestinationBucketName: z.string(),
  DestinationBucketKeyPrefix: z._default(z.string(), ''),
  Prune: z._default(Flag, true),
  SystemMetadata: z._default(texts, {}),
  UserMetadata: z._default(texts, {}),
  Extract: z.optional(z.union([z.literal(true), z.literal('true')])),
  Exclude: absent,
  Include: absent,
});

/**
 * Handles the CDK's `BucketDeployment`: puts the files of assets into a bucket, and replaces the markers of values that were unknown
 * at synth, with local addresses. Objects that are up to date are not written again. With `Prune`, all other objects are removed. As with
 * the CDK's own, files stay when the deployment goes.
 */
export const bucketDeployment = handleChanging(
  'Custom::CDKBucketDeployment',
  properties,
  async (deployment, world, resource) => {
    const { DestinationBucketName: bucket, SourceObjectKeys } = deployment;
    await putFiles(deployment, world);
    const folders = SourceObjectKeys.map((key) => world.asset(key));
    world.whenChanged(resource, folders, async () => {
      await putFiles(deployment, world);
      world.log.info(`↻ ${bucket} has new files`);
    });
    const DestinationBucketArn = `arn:aws:s3:::${bucket}`;
    return { ref: resource.logicalId, attributes: { DestinationBucketArn, SourceObjectKeys } };
  },
);

async function putFiles(deployment: z.output<typeof properties>, world: World): Promise<void> {
  const { DestinationBucketName: bucket, SystemMetadata, UserMetadata } = deployment;
  const prefix = deployment.DestinationBucketKeyPrefix.replace(/([^/])$/, '$1/');
  const userMetadata = Object.entries(UserMetadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
  const objects = objectsOf(world);

  const files = new Map<string, Buffer>();
  for (const [index, key] of deployment.SourceObjectKeys.entries()) {
    const { jsonEscape = false } = deployment.SourceMarkersConfig[index] ?? {};
    const fill = markerReplacer(deployment.SourceMarkers[index] ?? {}, jsonEscape, world);
    for (const [name, bytes] of filesIn(world.asset(key))) files.set(prefix + name, fill(bytes));
  }
  for (const [key, bytes] of files) {
    const headers = { 'content-type': contentType(key), ...SystemMetadata, ...Object.fromEntries(userMetadata) };
    objects.put(bucket, key, bytes, headers);
  }
  if (deployment.Prune) {
    for (const key of objects.keys(bucket, prefix)) if (!files.has(key)) objects.delete(bucket, key);
  }
}

/** Returns the files below a folder, by their path with slashes. */
function filesIn(folder: string): [name: string, bytes: Buffer][] {
  if (!statSync(folder).isDirectory())
    throw new StackError('One of its sources is an archive; the local stack deploys folders.');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => [name.split(sep).join('/'), readFileSync(join(folder, name))]);
}

/** Returns a function that replaces the markers in a file of a source. Files of a source without markers stay as they are. */
function markerReplacer(markers: Readonly<Record<string, string>>, jsonEscape: boolean, world: World) {
  const values = Object.entries(markers);
  return (bytes: Buffer): Buffer => {
    if (values.length === 0) return bytes;
    let text = bytes.toString();
    for (const [marker, value] of values)
      text = text.replaceAll(marker, () => (jsonEscape ? JSON.stringify(value).slice(1, -1) : value));
    return Buffer.from(world.localize(text));
  };
}
