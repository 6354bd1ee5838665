import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { deviceOf } from '#core/accounts/device.ts';

/** Describes the device that a request comes from. */
export function device({ headers }: APIGatewayProxyEventV2): string {
  return deviceOf(headers['user-agent']);
}
