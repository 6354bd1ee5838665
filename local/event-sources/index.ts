import type { ResourceHandler } from '../types.ts';
import { eventSourceMapping } from './mapping.ts';
import { schedules } from './schedule.ts';

export const handlers: readonly ResourceHandler[] = [eventSourceMapping, ...schedules];
