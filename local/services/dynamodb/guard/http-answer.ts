import { STATUS_CODES } from 'node:http';

/** An error of DynamoDB, as the bytes of an HTTP answer. */
export function httpError(status: number, code: string, more: object, connection = 'keep-alive'): string {
  return httpAnswer(status, { __type: `com.amazonaws.dynamodb.v20120810#${code}`, ...more }, connection);
}

/** An answer of DynamoDB, as the bytes of an HTTP answer. */
export function httpAnswer(status: number, content: object, connection = 'keep-alive'): string {
  const body = JSON.stringify(content);
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/x-amz-json-1.0',
    `connection: ${connection}`,
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}
