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
