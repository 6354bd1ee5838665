import { AppFunction, version } from '#lib/constructs/app-function.ts';
import { PageFiles } from '#lib/constructs/page-files.ts';
import type { Foundation } from '#lib/foundation.ts';

/**
 * The page, on the same origin as the HTTP API. It must be called after all functions were added: a new page may ask for what only their
 * new code knows, so it is served once that has taken over.
 */
export function addPage({ stack, settings, site }: Foundation): void {
  const functions = stack.node.findAll().flatMap((node) => (node instanceof AppFunction ? node : []));
  new PageFiles(stack, 'PageFiles', {
    bucket: site.bucket,
    config: {
      httpUrl: `${site.url}/api`,
      wsUrl: site.socketUrl,
      version,
      stage: settings.stage,
      mails: settings.mailFrom !== undefined,
      verifiedEmail: settings.verifiedEmail,
    },
    after: functions.flatMap(({ entry }) => entry.node.defaultChild ?? []),
    settings,
  });
}
