import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { addFunction, type Foundation } from '#lib/foundation.ts';

/** What is measured once a minute. A measurement that fails is not repeated, since the next one comes soon. */
export function addGauges(foundation: Foundation): void {
  const { stack, tables } = foundation;
  const gauges = addFunction(foundation, 'gauges', { memoryMiB: 512, timeout: Duration.seconds(29) });
  gauges.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
  tables.grantCountSockets(gauges);
  new Rule(stack, 'EveryMinute', {
    schedule: Schedule.rate(Duration.minutes(1)),
    targets: [new LambdaFunction(gauges, { retryAttempts: 0, maxEventAge: Duration.minutes(1) })],
  });
}
