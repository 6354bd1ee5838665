import type { Message as WireMessage } from 'storm-chat-protocol/messages';

/** A message as the client keeps it. An acknowledged one is complete but for `n`, which the client has no need of. */
export type Message = Omit<WireMessage, 'n'>;

/** What the server says to one person tells their own reactions; what it pushes to all does not. */
export type Source = 'personal' | 'public';

/** Of two states of a message the newer one. Own reactions that a public state leaves open stay as they were. */
export function newer(known: Message | undefined, next: Message, source: Source, me: string): Message {
  const [before, after] = [stateSeq(known), stateSeq(next)];
  if (known && (after < before || (after === before && source === 'public'))) return known;
  const { reactions, ...rest } = next;
  if (!reactions) return withoutNumber(rest);
  const isMine = (emoji: string) => known?.reactions?.some((own) => own.emoji === emoji && own.mine) ?? false;
  return {
    ...withoutNumber(rest),
    reactions: reactions.map(({ mine, ...reaction }) => {
      const { emoji, count, userIds } = reaction;
      const unlisted = source === 'public' && count > userIds.length && isMine(emoji);
      return mine || userIds.includes(me) || unlisted ? { ...reaction, mine: true } : reaction;
    }),
  };
}

/** Takes an own reaction into account that the listed people don't show. */
export function withOwn(message: Message, emoji: string, added: boolean): Message {
  const concerned = message.reactions?.find((reaction) => reaction.emoji === emoji);
  if (!concerned || concerned.count <= concerned.userIds.length || (concerned.mine ?? false) === added) return message;
  const { mine: _, ...reaction } = concerned;
  const changed = added ? { ...reaction, mine: true as const } : reaction;
  return { ...message, reactions: message.reactions?.map((other) => (other === concerned ? changed : other)) ?? [] };
}

/** The number of the change that brought a message into its state. */
export function stateSeq(message: Message | undefined): number {
  return message?.updatedSeq ?? message?.seq ?? 0;
}

function withoutNumber(message: Message & { readonly n?: number }): Message {
  const { n: _, ...kept } = message;
  return kept;
}
