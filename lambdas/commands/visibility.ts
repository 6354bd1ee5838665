import { setVisibility } from '#core/push/visibility.ts';
import type { Socket } from '#lambdas/kit/socket.ts';
import type { Result } from '#protocol/failures.ts';
import type { SetVisibility } from '#protocol/frames.ts';
import { sessions } from './dependencies.ts';

/** Notes whether somebody looks at the client of a socket. */
export async function visibility(socket: Socket, { visible }: SetVisibility): Promise<Result<object>> {
  await setVisibility(sessions, socket, visible, Date.now());
  return { ok: {} };
}
