import { httpHandler } from '../kit/http.ts';
import { profileRoutes } from './profiles.ts';
import { settingRoutes } from './settings.ts';

/** People: their profiles, and how they want to be seen. */
export const handler = httpHandler({ ...profileRoutes, ...settingRoutes });
