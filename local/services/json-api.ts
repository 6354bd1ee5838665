import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import * as z from 'zod/mini';
import type { Access } from '../access/credentials.ts';
import type { FaultTable } from '../faults/table.ts';
import { parsedJson } from '../parse.ts';
import { ServiceError } from './error.ts';
import { type HttpService, operationOf, serveHttp } from './http-service.ts';
import { type ServiceName, services } from './names.ts';
import { assertSigned } from './signed.ts';

/**
 * The operations of a service by name (`GetSecretValue`). They throw `ServiceError`. The signal aborts when the caller no longer waits.
 */
export type Operations = Readonly<Record<string, (input: unknown, gone: AbortSignal) => unknown>>;

/** Returns an operation whose input has this shape. */
export const operation =
  <T extends z.ZodMiniType>(shape: T, run: (input: z.output<T>, gone: AbortSignal) => unknown): Operations[string] =>
  (input, gone) =>
    run(shape.parse(input), gone);

/** Who may call a service, and what is to fail of its calls. */
export interface Setting extends Access {
  readonly faults?: FaultTable;
}

/** Serves operations in AWS's JSON protocol, by signed requests with the operation in `X-Amz-Target`; or else in their method and path. */
export function serveJsonApi(service: ServiceName, operations: Operations, setting: Setting): Promise<HttpService> {
  async function answer(request: IncomingMessage, gone: AbortSignal): Promise<unknown> {
    const body = await buffer(request);
    assertSigned(request, body, setting, services[service].signing);
    const name = operationOf(request) ?? `${request.method} ${request.url}`;
    const run = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (!run)
      throw new ServiceError('UnknownOperationException', `The local stack doesn't know the operation ${name}.`);
    return run(inputOf(body.toString()), gone);
  }
  return serveHttp((request, response) => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const done = (body: unknown) => send(response, 200, body);
    answer(request, gone.signal).then(done, (error) => sendError(response, error));
  }, setting.faults && { service, faults: setting.faults });
}

/** AWS refuses what is no JSON of an object by this code ("Error handling with DynamoDB", which the JSON protocols share). */
function inputOf(body: string): unknown {
  const input = parsedJson(body || '{}');
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new ServiceError('SerializationException', 'The body is no JSON of an object.');
  return input;
}

function sendError(response: ServerResponse, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const fail = (status: number, code: string) => {
    // Clients read the code in the header with some services, and in the body with others.
    response.setHeader('x-amzn-errortype', code);
    send(response, status, { __type: code, message });
  };
  if (error instanceof ServiceError) fail(400, error.code);
  else if (error instanceof z.core.$ZodError) fail(400, 'InvalidParameterException');
  else fail(500, 'InternalFailure');
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body ?? {}));
}
