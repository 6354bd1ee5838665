/** Something that happened to an object, as bucket notifications name it. */
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
