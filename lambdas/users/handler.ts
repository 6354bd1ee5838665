import { httpHandler } from '#lambdas/kit/http.ts';
import { blockRoutes } from './blocks.ts';
import { profileRoutes } from './profiles.ts';
import { pushRoutes } from './push.ts';
import { settingRoutes } from './settings.ts';

/** Users: profiles, presence, settings, blocks, and push subscriptions. */
export const handler = httpHandler({ ...profileRoutes, ...settingRoutes, ...blockRoutes, ...pushRoutes });
