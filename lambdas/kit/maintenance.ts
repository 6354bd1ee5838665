import { fail, type Result } from '#protocol/failures.ts';

/**
 * Refuses everything while the deployment has the service shut (`maintenanceSeconds` in `lib/settings.ts`). The time to wait is spread,
 * so that not all clients come back in the same second. Errors: `maintenance`.
 */
export function requireOpen(): Result<void> {
  const seconds = Number(process.env['MAINTENANCE_SECONDS']);
  if (!seconds) return { ok: undefined };
  return fail('maintenance', undefined, Math.round(seconds * 1_000 * (1 + Math.random())));
}
