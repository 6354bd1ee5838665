import { type SecurityEvent, securityEvents } from '#core/security/events.ts';
import { requestIds } from './correlation.ts';
import { setting } from './environment.ts';

/**
 * Writes a security event to the function's log. The line is also in CloudWatch's embedded metric format ("Specification: Embedded
 * metric format"), so the metric with the event's name, in the namespace `Storm` with the dimension `stage`, counts it. It is
 * written without the logger, which would be a third of the authorizer's code.
 */
export function logSecurity({ name, ...details }: SecurityEvent): void {
  const outcome = securityEvents[name];
  const now = new Date();
  const line = {
    level: outcome === 'success' ? 'INFO' : 'WARN',
    message: 'Security event',
    timestamp: now.toISOString(),
    service: setting('POWERTOOLS_SERVICE_NAME'),
    ...requestIds(),
    security: { event: name, outcome, ...details },
    stage: setting('STAGE'),
    [name]: 1,
    _aws: {
      Timestamp: now.getTime(),
      CloudWatchMetrics: [{ Namespace: 'Storm', Dimensions: [['stage']], Metrics: [{ Name: name, Unit: 'Count' }] }],
    },
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
