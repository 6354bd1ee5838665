import { toXml, type Xml } from '../xml.ts';
import type { S3Request } from './request.ts';
import type { ObjectStore } from './store.ts';

/** An event of an object, named as in bucket notifications. */
export interface S3Event {
  readonly name:
    | 'ObjectCreated:Put'
    | 'ObjectCreated:Copy'
    | 'ObjectCreated:CompleteMultipartUpload'
    | 'ObjectRemoved:Delete';
  readonly bucket: string;
  readonly key: string;
  readonly size?: number;
  readonly etag?: string;
}

/** The input of an operation: an authenticated request for a bucket that exists. */
export interface Context {
  readonly request: S3Request;
  /** The payload hash in the signature; see `verifySignature`. */
  readonly payload: string;
  readonly store: ObjectStore;
  readonly emit: (event: S3Event) => void;
}

/** An answer, whose body is a text or a range of a file. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: string | { readonly file: string; readonly start: number; readonly end: number };
}

export function xmlAnswer(name: string, content: Xml): Answer {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: toXml(name, content) };
}
