import { runtime } from '#adapters/runtime.ts';
import { askPresence } from '#core/people/presence.ts';
import { presenceStores } from '#lambdas/kit/presence-dependencies.ts';
import type { Socket } from '#lambdas/kit/socket.ts';
import type { Result } from '#protocol/failures.ts';
import type { AskPresence, Presences } from '#protocol/presence.ts';
import { client, conversations, sessions, table } from './dependencies.ts';

const store = { ...runtime, ...presenceStores({ client, table, conversations, sessions }) };

export function presence(socket: Socket, { userIds }: AskPresence): Promise<Result<Presences>> {
  return askPresence(store, socket, userIds);
}
