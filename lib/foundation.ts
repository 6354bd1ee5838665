import type { Stack } from 'aws-cdk-lib';
import { Alarms } from './constructs/alarms.ts';
import { AppFunction, type AppFunctionProps } from './constructs/app-function.ts';
import { AuthSecret } from './constructs/auth-secret.ts';
import { HttpApi } from './constructs/http-api.ts';
import { JournalBucket } from './constructs/journal-bucket.ts';
import { MediaBucket } from './constructs/media-bucket.ts';
import { MediaSite } from './constructs/media-site.ts';
import { MobilePush } from './constructs/mobile-push.ts';
import { Site } from './constructs/site.ts';
import { SocketApi } from './constructs/socket-api.ts';
import { Tables } from './constructs/tables.ts';
import { pascalCase } from './names.ts';
import type { Settings } from './settings.ts';

/** The resources that more than one capability (`capabilities/`) uses. */
export interface Foundation {
  readonly stack: Stack;
  readonly settings: Settings;
  readonly tables: Tables;
  readonly alarms: Alarms;
  readonly auth: AuthSecret;
  readonly socket: SocketApi;
  readonly http: HttpApi;
  readonly mediaBucket: MediaBucket;
  readonly journal: JournalBucket;
  readonly mediaSite: MediaSite;
  readonly site: Site;
  readonly mobilePush: MobilePush;
}

/** Creates the shared resources of a stack. */
export function createFoundation(stack: Stack, settings: Settings): Foundation {
  const auth = new AuthSecret(stack, 'Auth', settings);
  const socket = new SocketApi(stack, 'Socket', settings);
  const http = new HttpApi(stack, 'Http', settings);
  const mediaBucket = new MediaBucket(stack, 'MediaBucket', settings);
  const mediaSite = new MediaSite(stack, 'MediaSite', { bucket: mediaBucket, settings });
  return {
    stack,
    settings,
    tables: new Tables(stack, 'Tables', settings),
    alarms: new Alarms(stack, 'Alarms', settings),
    auth,
    socket,
    http,
    mediaBucket,
    journal: new JournalBucket(stack, 'Journal', settings),
    mediaSite,
    site: new Site(stack, 'Site', { http, socket, auth, mediaSite, mediaBucket, settings }),
    mobilePush: new MobilePush(settings),
  };
}

/** Adds the function of a folder below `lambdas/`. The id of `search-index` is `SearchIndex`. */
export function addFunction(
  { stack, settings }: Foundation,
  name: string,
  props: Omit<AppFunctionProps, 'name' | 'settings'>,
): AppFunction {
  return new AppFunction(stack, pascalCase(name), { name, settings, ...props });
}
