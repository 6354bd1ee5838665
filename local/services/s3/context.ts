import type { S3Event } from './events.ts';
import type { S3Request } from './request.ts';
import type { ObjectStore } from './store.ts';
import { toXml, type Xml } from './xml.ts';

/** What an operation works with: an authenticated request on a bucket that exists. */
export interface Context {
  readonly request: S3Request;
  /** What the signature says of the body; see `verifySignature`. */
  readonly payload: string;
  readonly store: ObjectStore;
  readonly emit: (event: S3Event) => void;
}

/** An answer: text, or a span of a file. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: string | { readonly file: string; readonly start: number; readonly end: number };
}

export function xmlAnswer(name: string, content: Xml): Answer {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: toXml(name, content) };
}
