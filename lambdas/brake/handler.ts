import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import type { CloudWatchAlarmEvent } from 'aws-lambda';
import { ThrottledStages, throttle } from '#adapters/gateway/throttle.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { invocation } from '#lambdas/kit/invocation.ts';
import { logger } from '#lambdas/kit/log.ts';

const client = new ApiGatewayV2Client({ requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000 } });
const stages = ThrottledStages.parse(JSON.parse(setting('STAGES')));

/** What of the limits is left while too much is spent. */
const braked = 0.1;

/** Throttles the APIs while the alarm `SpendHigh` is raised. CloudWatch says when it is raised, and when it is over. */
export const handler = invocation<CloudWatchAlarmEvent, void>(({ alarmArn }) => alarmArn).handler(
  async ({ alarmData: { state } }) => {
    const shares: Readonly<Record<string, number>> = { ALARM: braked, OK: 1 };
    const share = shares[state.value];
    // Too few data say nothing about what is spent.
    if (share === undefined) return;
    await throttle(client, stages, share);
    logger.warn('The limits of the APIs were changed', { share });
  },
);
