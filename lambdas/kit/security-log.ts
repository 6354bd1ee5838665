import type { MetricOf } from '#core/metrics.ts';
import { type SecurityEvent, type SecurityEventName, securityEvents } from '#core/security/events.ts';
import { count, lineHead, note } from './invocation.ts';

/** The kinds of events that have a metric of their own. All others that are no success are counted together. */
const counters: Partial<Record<SecurityEventName, MetricOf<'count'>>> = {
  login_failed: 'LoginsFailed',
  login_refused: 'LoginsRefused',
  token_reused: 'TokensReused',
  connection_refused: 'ConnectsRefused',
};

/**
 * Writes a security event to the function's log, and counts it. It is written without the logger, which would be a third of the
 * authorizer's code.
 */
export function logSecurity({ name, ...details }: SecurityEvent): void {
  const outcome = securityEvents[name];
  const line = {
    ...lineHead(outcome === 'success' ? 'INFO' : 'WARN', 'Security event'),
    security: { event: name, outcome, ...details },
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
  if (outcome === 'success') return;
  count(counters[name] ?? 'SecurityRefusals');
  note({ reason: details.reason });
}
