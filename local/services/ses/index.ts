import type { World } from '../../types.ts';
import type { HttpService } from '../http-service.ts';
import { serveJsonApi } from '../json-api.ts';
import { keepMail } from './mails.ts';
import { mailOf } from './send-email.ts';

/** What the service needs of the stack: who may call it, and where its data is. */
type Setting = Pick<World, 'credentials' | 'region' | 'dataDir' | 'faults'>;

/**
 * Starts SES (API v2, a REST API: "SendEmail" in its reference). It catches the mails: they are sent to nobody, and shown by `mailPage`.
 */
export function startSes(setting: Setting): Promise<HttpService> {
  const send = (input: unknown) => ({ MessageId: keepMail(setting.dataDir, mailOf(input)).id });
  return serveJsonApi('SESV2', { 'POST /v2/email/outbound-emails': send }, setting);
}
