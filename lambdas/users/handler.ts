import { httpHandler } from '../kit/http.ts';
import { blockRoutes } from './blocks.ts';
import { profileRoutes } from './profiles.ts';
import { settingRoutes } from './settings.ts';

/** People: their profiles, and how they want to be seen, and by whom not to be reached. */
export const handler = httpHandler({ ...profileRoutes, ...settingRoutes, ...blockRoutes });
