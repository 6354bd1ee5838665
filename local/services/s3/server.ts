import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Access } from '../../access/credentials.ts';
import { foreignness, type MayCall } from '../../access/foreign.ts';
import type { FaultTable } from '../../faults/table.ts';
import type { Log } from '../../types.ts';
import { type HttpService, serveHttp } from '../http-service.ts';
import { toXml } from '../xml.ts';
import type { Answer, Context } from './context.ts';
import { assertPreflight, type CorsRule, corsHeaders } from './cors.ts';
import { S3Error } from './error.ts';
import { deleteObjects, listBuckets, listObjects, listVersions } from './listing.ts';
import { abortUpload, completeUpload, startUpload, uploadPart } from './multipart.ts';
import { copyObject, deleteObject, deleteVersion, getObject, putObject } from './objects.ts';
import { parseRequest, type S3Request } from './request.ts';
import { verifySignature } from './signature.ts';

export interface S3Options extends Access, Pick<Context, 'store' | 'emit'> {
  readonly corsRules: (bucket: string) => readonly CorsRule[];
  readonly isPage: MayCall;
  readonly faults: FaultTable;
  readonly log: Pick<Log, 'warn'>;
}

/** Serves buckets as S3 does. Every request must be signed, whatever a bucket's policy says. */
export function serveS3(options: S3Options): Promise<HttpService> {
  return serveHttp(
    (incoming, response) => {
      respond(options, incoming, response).catch((error) => {
        // A client that has disconnected is no failure. The query is not logged, because it may hold a signature.
        if (!incoming.destroyed)
          options.log.warn(`S3: ${incoming.method} ${incoming.url?.split('?')[0]} failed: ${error}`);
        response.destroy();
      });
      // Each bucket says in its CORS rules which other pages may call it.
    },
    { service: 'S3', faults: options.faults },
    () => true,
  );
}

async function respond(options: S3Options, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const request = parseRequest(incoming);
  const cors = corsHeaders(request, options.corsRules(request.bucket));
  const answer = await handle(options, request, cors).catch(errorAnswer);
  // After a refusal in the middle of a body, the rest of it must not be taken for the next request.
  if (!incoming.complete) response.setHeader('connection', 'close');
  response.writeHead(answer.status, { ...answer.headers, ...cors });
  if (typeof answer.body !== 'object') response.end(request.method === 'HEAD' ? undefined : answer.body);
  else await pipeline(createReadStream(answer.body.file, answer.body), response);
}

async function handle(options: S3Options, request: S3Request, cors: Record<string, string>): Promise<Answer> {
  const mayCall: MayCall = (origin) => options.isPage(origin) || 'access-control-allow-origin' in cors;
  const foreign = foreignness(request.headers, mayCall);
  if (foreign) throw new S3Error('AccessForbidden', foreign);
  if (request.method === 'OPTIONS') {
    assertPreflight(cors);
    return { status: 200 };
  }
  assertSizes(request);
  const payload = verifySignature(request, options, Date.now());
  if (request.bucket !== '' && !options.store.hasBucket(request.bucket))
    throw new S3Error('NoSuchBucket', 'The specified bucket does not exist');
  const operation = operationOf(request);
  if (operation) return operation({ ...options, request, payload });
  throw new S3Error('NotImplemented', `The local S3 doesn't do ${request.method} with ${[...request.query.keys()]}.`);
}

/**
 * Throws if the head or the key is too large ("Error responses" and "Naming Amazon S3 objects"), or what the user says of the object
 * ("Working with object metadata").
 */
function assertSizes({ headSize, key, headers }: S3Request): void {
  if (headSize > 8_192)
    throw new S3Error('RequestHeaderSectionTooLarge', 'Your request header section exceeds the maximum allowed size.');
  if (Buffer.byteLength(key) > 1_024) throw new S3Error('KeyTooLongError', 'Your key is too long');
  const metadata = Object.entries(headers)
    .filter(([name]) => name.startsWith(metadataPrefix))
    .map(([name, value]) => Buffer.byteLength(`${name.slice(metadataPrefix.length)}${value}`));
  if (metadata.reduce((sum, size) => sum + size, 0) > 2_048)
    throw new S3Error('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size');
}

type Operation = (context: Context) => Answer | Promise<Answer>;

const metadataPrefix = 'x-amz-meta-';

/** The query parameters that select another operation for the same method. */
const subresources = new RegExp(
  `^(${[
    'accelerate|acl|analytics|append|attributes|cors|delete|encryption|intelligent-tiering|inventory|legal-hold|lifecycle',
    'location|logging|metadataConfiguration|metadataTable|metrics|notification|object-lock|ownershipControls|partNumber',
    'policy|policyStatus|publicAccessBlock|renameObject|replication|requestPayment|restore|retention|select|session',
    'tagging|torrent|uploadId|uploads|versionId|versioning|versions|website',
  ].join('|')})$`,
);

/** The operations by method and subresources, and whether a source to copy is named. */
type Operations = Readonly<Record<string, Operation>>;
const ofBuckets: Operations = {
  HEAD: () => ({ status: 200 }),
  GET: listObjects,
  'GET versions': listVersions,
  'POST delete': deleteObjects,
};
const ofAll: Operations = { GET: listBuckets };
const ofObjects: Operations = {
  GET: getObject,
  HEAD: getObject,
  PUT: putObject,
  'PUT copy': copyObject,
  DELETE: deleteObject,
  'DELETE versionId': deleteVersion,
  'POST uploads': startUpload,
  'PUT partNumber uploadId': uploadPart,
  'POST uploadId': completeUpload,
  'DELETE uploadId': abortUpload,
};

function operationOf({ method, bucket, key, query, headers }: S3Request): Operation | undefined {
  const names = [...query.keys()].filter((name) => subresources.test(name)).sort();
  const isCopy = method === 'PUT' && 'x-amz-copy-source' in headers;
  const operations = bucket === '' ? ofAll : key === '' ? ofBuckets : ofObjects;
  return operations[[method, ...names, ...(isCopy ? ['copy'] : [])].join(' ')];
}

function errorAnswer(error: unknown): Answer {
  const known = error instanceof S3Error ? error : new S3Error('InternalError', String(error));
  const body = toXml('Error', { Code: known.code, Message: known.message });
  return { status: known.status, headers: { 'content-type': 'application/xml' }, body };
}
