import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import * as z from 'zod/mini';
import type { Access } from '../access/credentials.ts';
import type { Faulty } from '../faults/service-faults.ts';
import { parsedJson } from '../parse.ts';
import { ServiceError } from './error.ts';
import { type HttpService, serveHttp } from './http-service.ts';
import { assertSigned } from './signed.ts';

/**
 * The operations of a service by name (`GetSecretValue`). They throw `ServiceError`. The signal aborts when the caller no longer waits.
 */
export type Operations = Readonly<Record<string, (input: unknown, gone: AbortSignal) => unknown>>;

/** Who may call a service, and how it is called in their signatures (`sqs`). */
export interface SignedBy {
  readonly access: Access;
  readonly service: string;
}

/** Serves operations in AWS's JSON protocol: a signed POST with the operation in `X-Amz-Target`. */
export function serveJsonApi(operations: Operations, by: SignedBy, faulty?: Faulty): Promise<HttpService> {
  return serveHttp((request, response) => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const done = (body: unknown) => send(response, 200, body);
    answer(operations, by, request, gone.signal).then(done, (error) => sendError(response, error));
  }, faulty);
}

async function answer(operations: Operations, by: SignedBy, request: IncomingMessage, gone: AbortSignal) {
  const body = await buffer(request);
  assertSigned(request, body, by.access, by.service);
  const target = request.headers['x-amz-target'];
  const name = typeof target === 'string' ? target.slice(target.indexOf('.') + 1) : '';
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (!operation)
    throw new ServiceError('UnknownOperationException', `The local stack doesn't know the operation ${name}.`);
  return operation(inputOf(body.toString()), gone);
}

/** AWS refuses what is no JSON of an object by this code ("Error handling with DynamoDB", which the JSON protocols share). */
export function inputOf(body: string): unknown {
  const input = parsedJson(body || '{}');
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new ServiceError('SerializationException', 'The body is no JSON of an object.');
  return input;
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
