import type { Sessions } from '#adapters/dynamo/connections/sessions.ts';
import { createSocketCloser } from '#adapters/sockets/close.ts';
import { createTokenBuckets } from '#core/rate-limits/token-bucket.ts';
import { limits } from '#protocol/limits.ts';
import { setting } from './environment.ts';
import { asError, logger } from './log.ts';
import { inMemory } from './rates.ts';
import { logSecurity } from './security-log.ts';
import type { Socket } from './socket.ts';

/** How many sockets an environment closes at most at a time; each is closed once in a while, because frames still arrive. */
const once = { perSecond: 1 / limits.refusedSeconds, burst: 1 };
const rememberedSockets = 1_000;

/**
 * Creates what is called for each frame that is refused because its sender has sent too many. Whoever goes on regardless takes the
 * throttle of the stage from everybody. So above the rate `refusedFrames` the socket is closed, and the person can't connect for
 * `limits.refusedSeconds` (decision 0098). A refused frame costs nothing until then.
 */
export function closeHammering(sessions: Pick<Sessions, 'refuse'>) {
  const refusals = inMemory('refusedFrames');
  const closings = createTokenBuckets(once, rememberedSockets);
  const close = createSocketCloser(setting('WEBSOCKET_ENDPOINT'), {
    reason: 'rate_limited',
    reconnect: true,
    retryAfterMs: limits.refusedSeconds * 1_000,
  });
  return async (socket: Socket): Promise<void> => {
    const now = Date.now();
    if (refusals.take(socket.userId, now) === 0 || closings.take(socket.connectionId, now) > 0) return;
    logSecurity({ name: 'connection_closed', ...socket });
    try {
      await sessions.refuse(socket.userId, now + limits.refusedSeconds * 1_000);
      await close([socket]);
    } catch (error) {
      logger.error('A socket could not be closed', asError(error));
    }
  };
}
