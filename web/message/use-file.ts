import { useEffect, useState } from 'preact/hooks';
import type { Media } from '#protocol/media.ts';
import { useConversation } from '#web/conversation/conversation-context.ts';
import { connection } from '#web/session/chat-state.ts';

/** The addresses of a file. They expire: what fails to load calls `renew` to fetch new ones. */
export function useFile(id: string): readonly [file: Media | undefined, renew: () => void] {
  const { chat } = useConversation().session;
  const [file, setFile] = useState<Media>();
  const load = async () => {
    const result = await chat.media.get(id);
    if ('ok' in result) setFile(result.ok);
  };
  // A fetch that failed for want of a connection is repeated when there is one.
  const isOnline = connection.value === 'online';
  useEffect(() => {
    if (!file) void load();
  }, [id, chat, isOnline]);
  return [file, () => void load()];
}
