import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod/mini';
import { credentials } from '../credentials.ts';
import { type HttpService, serveHttp } from './http-service.ts';

/** An error in the form in which the API of an AWS service reports it. */
export class ServiceError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * The operations of a service by name (`GetSecretValue`). They throw `ServiceError`. The signal aborts when the caller no longer waits.
 */
export type Operations = Readonly<Record<string, (input: unknown, gone: AbortSignal) => unknown>>;

/** Serves operations in AWS's JSON protocol: a POST with the operation in `X-Amz-Target`. It doesn't check signatures. */
export function serveJsonApi(operations: Operations, isDown: () => boolean): Promise<HttpService> {
  return serveHttp((request, response) => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    answer(operations, request, gone.signal).then(
      (body) => send(response, 200, body),
      (error) => sendError(response, error),
    );
  }, isDown);
}

async function answer(operations: Operations, request: IncomingMessage, gone: AbortSignal): Promise<unknown> {
  const target = request.headers['x-amz-target'];
  const name = typeof target === 'string' ? target.slice(target.indexOf('.') + 1) : '';
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (!operation)
    throw new ServiceError('UnknownOperationException', `The local stack doesn't know the operation ${name}.`);
  const chunks: Buffer[] = await request.toArray();
  return operation(JSON.parse(Buffer.concat(chunks).toString() || '{}'), gone);
}

function sendError(response: ServerResponse, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ServiceError) send(response, 400, { __type: error.code, message });
  else if (error instanceof z.core.$ZodError) send(response, 400, { __type: 'InvalidParameterException', message });
  else send(response, 500, { __type: 'InternalFailure', message });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body ?? {}));
}

/**
 * Calls an operation of a service with AWS's JSON protocol, such as `DynamoDB_20120810.CreateTable`. Throws `ServiceError`. The stack
 * needs a dozen operations of four services. Their SDK clients would take 30 MB of memory, and would convert stream records
 * from the form that functions get.
 */
export async function callJsonApi(
  endpoint: string,
  target: string,
  input: unknown,
  signal?: AbortSignal,
): Promise<unknown> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': target,
      // Local DynamoDB servers require a signature but don't verify it.
      'x-amz-date': '20260101T000000Z',
      authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/20260101/us-east-1/local/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(input),
    signal: signal ?? null,
  });
  const body: unknown = await response.json();
  if (response.ok) return body;
  const error = errorBody.parse(body);
  throw new ServiceError(error.__type.replace(/^.*#/, ''), error.message ?? error.Message ?? '');
}

const errorBody = z.object({
  __type: z.string(),
  message: z.optional(z.string()),
  Message: z.optional(z.string()),
});
