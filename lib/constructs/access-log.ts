import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { type IAccessLogSettings, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Settings } from '#lib/settings.ts';

/** A log group for the access log of an API's stage. Each line is a JSON object with the given `$context` variables. */
export function accessLog(
  scope: Construct,
  settings: Settings,
  line: Readonly<Record<string, string>>,
): IAccessLogSettings {
  const logGroup = new LogGroup(scope, 'AccessLog', {
    retention: settings.logRetention,
    removalPolicy: settings.dataRemoval,
  });
  return {
    destination: new LogGroupLogDestination(logGroup),
    format: AccessLogFormat.custom(JSON.stringify(line)),
  };
}
