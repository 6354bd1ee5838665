import { type Signal, signal } from '@preact/signals';
import type { Result } from '#client/index.ts';
import type { Session } from '#web/session/session.ts';

type Chat = Session['chat'];

/** Whom the person has blocked, for each login. Undefined until it is fetched. */
const lists = new WeakMap<Chat, Signal<readonly string[] | undefined>>();

/** The ids of those whom the person has blocked. Undefined while they are being fetched, which the first call starts. */
export function blockedIds({ chat }: Session): readonly string[] | undefined {
  const known = lists.get(chat);
  if (!known) void loadBlocks(chat);
  return (known ?? listOf(chat)).value;
}

export async function setBlocked({ chat }: Session, userId: string, blocked: boolean): Promise<Result<void>> {
  const result = await (blocked ? chat.api.block(userId) : chat.api.unblock(userId));
  const list = listOf(chat);
  if ('ok' in result) {
    const others = list.value?.filter((id) => id !== userId);
    list.value = blocked ? others?.concat(userId) : others;
  }
  return result;
}

/** Fetches the list anew: it may have changed on another device, or by a declined invitation. */
export async function loadBlocks(chat: Chat): Promise<Result<unknown>> {
  const list = listOf(chat);
  const result = await chat.api.blocks();
  if ('ok' in result) list.value = result.ok.userIds;
  return result;
}

function listOf(chat: Chat): Signal<readonly string[] | undefined> {
  const list = lists.get(chat) ?? signal(undefined);
  lists.set(chat, list);
  return list;
}
