import { Duration, Fn, type Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { addFunction, type Foundation } from '#lib/foundation.ts';

/**
 * The probe, which uses the service once a minute as a client does, and the alarm `ServiceDown` (decision 0137). Stages without alarms
 * have none. It must be called before `addAlarms`.
 */
export function addProbe(foundation: Foundation): void {
  const { stack, settings, tables, auth, site, alarms } = foundation;
  if (settings.alarms !== 'all') return;
  const probe = addFunction(foundation, 'probe', { memoryMiB: 256, timeout: Duration.seconds(29) });
  probe.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
  const userId = idOf(stack, '7000');
  tables.grantProbe(probe, userId);
  auth.grantIssue(probe, site.url);
  probe.addEnvironment('PROBE_USER_ID', userId);
  probe.addEnvironment('PROBE_FAMILY_ID', idOf(stack, '7001'));
  probe.addEnvironment('HTTP_URL', `${site.url}/api`);
  probe.addEnvironment('SOCKET_URL', site.socketUrl);
  const schedule = new Rule(stack, 'ProbeEveryMinute', {
    schedule: Schedule.rate(Duration.minutes(1)),
    targets: [new LambdaFunction(probe, { retryAttempts: 0, maxEventAge: Duration.minutes(1) })],
  });
  // A schedule skips a minute now and then, and a function that starts anew may be slow once.
  const alarm = alarms.raise('ServiceDown', {
    metric: probe.metricErrors({ period: Duration.minutes(1) }),
    above: 0,
    periods: { bad: 3, of: 3 },
    missing: 'bad',
  });
  alarm.node.addDependency(schedule);
}

/**
 * An id in the form of a UUIDv7 that the stack alone has, and that is known when it is deployed, so that permissions can name it. It is
 * made of the UUID of the stack, which nobody outside of the account knows.
 */
function idOf(stack: Stack, version: string): string {
  const part = (i: number) => Fn.select(i, Fn.split('-', Fn.select(2, Fn.split('/', stack.stackId))));
  return Fn.join('-', [part(0), part(1), version, '8000', part(4)]);
}
