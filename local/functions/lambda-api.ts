import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Access } from '../access/credentials.ts';
import { parsedJson } from '../parse.ts';
import { ServiceError } from '../services/error.ts';
import { assertSigned } from '../services/signed.ts';
import { type Functions, InvokeError } from '../types.ts';

const status = { ResourceNotFoundException: 404, TooManyRequestsException: 429, RequestTooLargeException: 413 };

/** Serves the Invoke call of the Lambda API, with which functions call each other. It refuses every other call. */
export function lambdaApi(functions: Functions, access: Access): RequestListener {
  return (request, response) => {
    answer(functions, access, request, response).catch((error) => {
      if (error instanceof InvokeError) fail(response, status[error.code], error.code, error.message);
      else if (error instanceof ServiceError) fail(response, 403, error.code, error.message);
      else fail(response, 500, 'ServiceException', String(error));
    });
  };
}

async function answer(functions: Functions, access: Access, request: IncomingMessage, response: ServerResponse) {
  const name = /^\/2015-03-31\/functions\/([^/?]+)\/invocations/.exec(request.url ?? '')?.[1];
  if (request.method !== 'POST' || !name) {
    return fail(response, 501, 'NotImplemented', 'The local stack does not run this AWS service or call.');
  }
  const body = await buffer(request);
  assertSigned(request, body, access, 'lambda');
  const target = decodeURIComponent(name);
  const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
  const event = parsedJson(body.toString() || 'null');
  if (event === undefined) {
    return fail(response, 400, 'InvalidRequestContentException', 'Could not parse request body into json.');
  }
  if (type === 'DryRun') return void response.writeHead(204).end();
  if (type === 'Event') {
    await functions.invokeAsync(target, event);
    return void response.writeHead(202).end();
  }
  const { payload, functionError, requestId } = await functions.invoke(target, event);
  response.writeHead(200, {
    'content-type': 'application/json',
    'x-amzn-requestid': requestId,
    'x-amz-executed-version': '$LATEST',
    ...(functionError && { 'x-amz-function-error': functionError }),
  });
  response.end(JSON.stringify(payload));
}

function fail(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': code });
  response.end(JSON.stringify({ Type: 'User', message, Message: message }));
}
