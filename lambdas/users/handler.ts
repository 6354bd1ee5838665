import { httpHandler } from '#lambdas/kit/http.ts';
import { blockRoutes } from './blocks.ts';
import { profileRoutes } from './profiles.ts';
import { pushRoutes } from './push.ts';
import { settingRoutes } from './settings.ts';

/** People: their profiles, and how they want to be seen, by whom not to be reached, and on which devices to be notified. */
export const handler = httpHandler({ ...profileRoutes, ...settingRoutes, ...blockRoutes, ...pushRoutes });
