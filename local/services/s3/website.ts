import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { foreignness, refuse } from '../../access/foreign.ts';
import { absent, decoded, splitOnce } from '../../parse.ts';
import { listenOnStablePort } from '../../stable-port.ts';
import type { World } from '../../types.ts';
import { closeServer } from '../loopback.ts';
import type { ObjectStore, StoredObject } from './store.ts';

export const websiteConfiguration = z.object({
  RedirectAllRequestsTo: absent,
  RoutingRules: absent,
  IndexDocument: z.string(),
  ErrorDocument: z.optional(z.string()),
});

/** Serves a bucket as a website, to everybody on this machine whatever its policy says ("Hosting a static website using Amazon S3"). Returns its address on AWS. */
export async function serveWebsite(
  bucket: string,
  { IndexDocument, ErrorDocument }: z.output<typeof websiteConfiguration>,
  store: ObjectStore,
  world: World,
): Promise<string> {
  function answer(request: IncomingMessage, response: ServerResponse): void {
    const send = (status: number, { blob, size, headers }: StoredObject) => {
      response.writeHead(status, { ...headers, 'content-length': size });
      if (request.method === 'HEAD') response.end();
      else createReadStream(store.path(blob)).pipe(response);
    };
    const why = foreignness(request.headers, (origin) => world.pages.has(origin));
    const key = decoded(splitOnce(request.url ?? '/', '?')[0].slice(1));
    const found = store.get(bucket, key.endsWith('/') || key === '' ? key + IndexDocument : key);
    const error = ErrorDocument === undefined ? undefined : store.get(bucket, ErrorDocument);
    if (why) refuse(request, response, why);
    else if (request.method !== 'GET' && request.method !== 'HEAD') response.writeHead(405).end();
    else if (found) send(200, found);
    else if (store.get(bucket, `${key}/${IndexDocument}`)) response.writeHead(302, { location: `/${key}/` }).end();
    else if (error) send(404, error);
    else response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>404 Not Found</h1><p>Code: NoSuchKey</p>');
  }

  const file = join(world.dataDir, `website-${bucket}.port`);
  const { server, port } = await listenOnStablePort(file, () => createServer(answer));
  world.pages.add(`http://localhost:${port}`);
  world.whenStopping(() => closeServer(server));
  const host = `${bucket}.s3-website-${world.region}.amazonaws.com`;
  for (const scheme of ['http', 'https']) world.serveAt(`${scheme}://${host}`, `http://localhost:${port}`);
  return `http://${host}`;
}
