import { Duration } from 'aws-cdk-lib';
import type { MetricName } from '#core/metrics.ts';
import { ownMetric } from '#lib/constructs/own-metric.ts';
import type { Foundation } from '#lib/foundation.ts';

/** Alarms on security events (docs/decisions/0104). */
export function addSecurityLog({ stack, alarms }: Foundation): void {
  const events = (name: MetricName, period: Duration) => ownMetric(stack, name, 'Sum', period);

  alarms.whenMoreThan(
    'TokensReused',
    { metric: events('TokensReused', Duration.hours(1)), count: 3 },
    'Refresh tokens that were spent came back, of several logins. Those logins are over. Either tokens were copied, or a client does not keep its newest token. The runbook "The security log" says how to find the users, devices and networks.',
  );
  alarms.whenMoreThan(
    'LoginsRefused',
    { metric: events('LoginsRefused', Duration.minutes(5)), count: 200 },
    'Many attempts to log in were refused, because too many had failed before. Somebody guesses passwords. The accounts are safe, but some of their owners may not be able to log in on a new device. The runbook "The security log" says how to find the networks, and what to do.',
  );
  alarms.whenMoreThan(
    'LoginsFailed',
    { metric: events('LoginsFailed', Duration.minutes(5)), count: 1_000 },
    'Many attempts to log in failed. Somebody tries passwords at many accounts from many networks, perhaps with lists that were stolen elsewhere. The runbook "The security log" says how to find the networks, and what to do.',
  );
}
