import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { World } from '../../types.ts';
import { type HttpService, serveHttp } from '../http-service.ts';
import { ServiceError } from '../json-api.ts';
import { mailOf } from './send-email.ts';
import { MailStore } from './store.ts';

/** The mails of a stack are in its data folder. */
export const mailStoreOf = ({ dataDir }: Pick<World, 'dataDir'>) => new MailStore(join(dataDir, 'mails.jsonl'));

/** Starts SES (API v2). It catches the mails: they go to nobody, and are shown by `mailPage`. */
export function startSes(store: MailStore, isDown: () => boolean): Promise<HttpService> {
  return serveHttp((request, response) => {
    answer(store, request).then(
      (body) => send(response, 200, body),
      (error) => sendError(response, error),
    );
  }, isDown);
}

/** SES v2 is a REST API ("SendEmail" in the SES API v2 reference). */
async function answer(store: MailStore, request: IncomingMessage): Promise<object> {
  if (request.method !== 'POST' || request.url !== '/v2/email/outbound-emails')
    throw new ServiceError('NotFoundException', `The local stack doesn't know ${request.method} ${request.url}.`);
  const chunks: Buffer[] = await request.toArray();
  return { MessageId: store.add(mailOf(JSON.parse(Buffer.concat(chunks).toString()))).id };
}

function sendError(response: ServerResponse, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof ServiceError)) return send(response, 500, { message }, 'InternalFailure');
  send(response, error.code === 'NotFoundException' ? 404 : 400, { message }, error.code);
}

function send(response: ServerResponse, status: number, body: object, errorType?: string): void {
  const headers = { 'content-type': 'application/json', ...(errorType && { 'x-amzn-errortype': errorType }) };
  response.writeHead(status, headers).end(JSON.stringify(body));
}
