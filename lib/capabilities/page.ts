import { version } from '#lib/constructs/app-function.ts';
import { PageFiles } from '#lib/constructs/page-files.ts';
import type { Foundation } from '#lib/foundation.ts';

/** The page, on the same origin as the HTTP API. */
export function addPage({ stack, settings, site }: Foundation): void {
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
    settings,
  });
}
