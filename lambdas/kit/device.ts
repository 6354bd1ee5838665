import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { languageOf } from '#core/accounts/accept-language.ts';
import { deviceOf } from '#core/accounts/device.ts';
import type { Request } from '#core/accounts/recovery.ts';

/** Describes the device that a request comes from. */
export function device({ headers }: APIGatewayProxyEventV2): string {
  return deviceOf(headers['user-agent']);
}

/** What mails tell of a request. */
export function requestOf(event: APIGatewayProxyEventV2): Request {
  return { device: device(event), language: languageOf(event.headers['accept-language']) };
}
