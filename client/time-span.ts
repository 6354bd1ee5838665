import type { Platform } from './platform.ts';

/**
 * Begins a time span. The returned function tells whether it is over by either clock: the one may be set back, and the other may
 * stand still while the machine sleeps.
 */
export function timeSpan(platform: Pick<Platform, 'now' | 'elapsed'>, ms: number): () => boolean {
  const [now, elapsed] = [platform.now() + ms, platform.elapsed() + ms];
  return () => platform.now() >= now || platform.elapsed() >= elapsed;
}
