import type { Message as WireMessage } from 'storm-chat-protocol/messages';

/** A message as the client keeps it, without its `n`: an acknowledgement doesn't have it, and the client doesn't need it. */
export type Message = Omit<WireMessage, 'n'>;

/**
 * Where a state of a message comes from. A response to this person marks their own reactions, an event for all members doesn't.
 */
export type Source = 'personal' | 'public';

/** The newer of two states of a message. Own reactions that a public state doesn't reveal are taken from the known state. */
export function newer(known: Message | undefined, next: Message, source: Source, me: string): Message {
  const [before, after] = [stateSeq(known), stateSeq(next)];
  if (known && (after < before || (after === before && source === 'public'))) return known;
  // An erasure deletes messages without a change of their own. A reaction from before it may arrive later.
  if (known?.deletedAt && !next.deletedAt) return after > before ? { ...known, updatedSeq: after } : known;
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

/** Adds or removes the mark of an own reaction if `userIds`, which is cut off at `limits.listedReactors`, can't show it. */
export function withOwn(message: Message, emoji: string, added: boolean): Message {
  const concerned = message.reactions?.find((reaction) => reaction.emoji === emoji);
  if (!concerned || concerned.count <= concerned.userIds.length || (concerned.mine ?? false) === added) return message;
  const { mine: _, ...reaction } = concerned;
  const changed = added ? { ...reaction, mine: true as const } : reaction;
  return { ...message, reactions: message.reactions?.map((other) => (other === concerned ? changed : other)) ?? [] };
}

/** The `seq` of the change that made this state of a message; 0 for none. */
export function stateSeq(message: Message | undefined): number {
  return message?.updatedSeq ?? message?.seq ?? 0;
}

function withoutNumber(message: Message & { readonly n?: number }): Message {
  const { n: _, ...kept } = message;
  return kept;
}
