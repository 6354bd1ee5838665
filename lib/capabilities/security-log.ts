import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import { AppFunction } from '#lib/constructs/app-function.ts';
import type { Foundation } from '#lib/foundation.ts';

/**
 * Alarms on security events, and a saved query that finds the events in the logs of all functions (docs/decisions/0104). It must be
 * called after all functions were added.
 */
export function addSecurityLog({ stack, settings, alarms }: Foundation): void {
  const events = (metricName: string, period: Duration) =>
    new Metric({
      namespace: 'Storm',
      metricName,
      dimensionsMap: { stage: settings.stage },
      statistic: 'Sum',
      period,
    });

  alarms.whenMoreThan(
    'TokensReused',
    { metric: events('token_reused', Duration.hours(1)), count: 3 },
    'Refresh tokens that were spent came back, of several logins. Those logins are over. Either tokens were copied, or a client does not keep its newest token. The runbook "The security log" says how to find the users, devices and networks.',
  );
  alarms.whenMoreThan(
    'LoginsRefused',
    { metric: events('login_refused', Duration.minutes(5)), count: 200 },
    'Many attempts to log in were refused, because too many had failed before. Somebody guesses passwords. The accounts are safe, but some of their owners may not be able to log in on a new device. The runbook "The security log" says how to find the networks, and what to do.',
  );
  alarms.whenMoreThan(
    'LoginsFailed',
    { metric: events('login_failed', Duration.minutes(5)), count: 1_000 },
    'Many attempts to log in failed. Somebody tries passwords at many accounts from many networks, perhaps with lists that were stolen elsewhere. The runbook "The security log" says how to find the networks, and what to do.',
  );

  new QueryDefinition(stack, 'SecurityEvents', {
    queryDefinitionName: `${stack.stackName}/security-events`,
    logGroups: stack.node.findAll().flatMap((node) => (node instanceof AppFunction ? node.logGroup : [])),
    queryString: new QueryString({
      fields: [
        '@timestamp',
        'security.event',
        'security.outcome',
        'security.reason',
        'security.userId',
        'security.network',
        'security.device',
        'security.operation',
        'security.familyId',
        'security.connectionId',
      ],
      filterStatements: ['ispresent(security.event)'],
      sort: '@timestamp desc',
      limit: 1000,
    }),
  });
}
