import { askPresence } from '../../core/people/presence.ts';
import type { Result } from '../../protocol/failures.ts';
import type { AskPresence, Presences } from '../../protocol/presence.ts';
import { presenceStores } from '../kit/presence.ts';
import type { Socket } from '../kit/socket.ts';
import { client, conversations, sessions, table } from './stores.ts';

const store = presenceStores({ client, table, conversations, sessions });

export function presence(socket: Socket, { userIds }: AskPresence): Promise<Result<Presences>> {
  return askPresence(store, socket, userIds, Date.now);
}
