import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { World } from '../../types.ts';
import { ServiceError } from '../error.ts';
import { type HttpService, serveHttp } from '../http-service.ts';
import { inputOf } from '../json-api.ts';
import { assertSigned } from '../signed.ts';
import { keepMail } from './mails.ts';
import { mailOf } from './send-email.ts';

/** What the service needs of the stack: who may call it, and where its data is. */
type Setting = Pick<World, 'credentials' | 'region' | 'dataDir' | 'faults'>;

/** Starts SES (API v2). It catches the mails: they are sent to nobody, and shown by `mailPage`. */
export function startSes(setting: Setting): Promise<HttpService> {
  return serveHttp(
    (request, response) => {
      const done = (body: object) => send(response, 200, body);
      answer(setting, request).then(done, (error) => sendError(response, error));
    },
    { service: 'SESV2', faults: setting.faults },
  );
}

/** SES v2 is a REST API ("SendEmail" in the SES API v2 reference). */
async function answer(setting: Setting, request: IncomingMessage): Promise<object> {
  const body = await buffer(request);
  assertSigned(request, body, setting, 'ses');
  if (request.method !== 'POST' || request.url !== '/v2/email/outbound-emails')
    throw new ServiceError('NotFoundException', `The local stack doesn't know ${request.method} ${request.url}.`);
  return { MessageId: keepMail(setting.dataDir, mailOf(inputOf(body.toString()))).id };
}

function sendError(response: ServerResponse, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof ServiceError ? error.code : 'InternalFailure';
  const status = code === 'InternalFailure' ? 500 : code === 'NotFoundException' ? 404 : 400;
  send(response, status, { message }, code);
}

function send(response: ServerResponse, status: number, body: object, errorType?: string): void {
  const headers = { 'content-type': 'application/json', ...(errorType && { 'x-amzn-errortype': errorType }) };
  response.writeHead(status, headers).end(JSON.stringify(body));
}
