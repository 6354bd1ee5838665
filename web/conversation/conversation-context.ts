import { type ReadonlySignal, type Signal, signal, useSignal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext, useMemo } from 'preact/hooks';
import type { ConversationState, Failure, Message, Result } from '#client/index.ts';
import { type Draft, draftOf } from '#web/composer/drafts.ts';
import type { Session } from '#web/session/session.ts';
import { MessageHistory } from './message-history.ts';

/** Whether the details stand beside the conversation, or over it. They stay open while the person goes from one to another. */
export const isDetailsOpen = signal(false);

/** Waits for an operation, shows its failure, if any, and resolves with whether it succeeded. */
export type Attempt = (operation: Promise<Result<unknown>>) => Promise<boolean>;

/**
 * A menu of a message, the emoji, a dialog about a message, or the viewer with a picture or film by its `fileKey`. `at` is what they open
 * beside, in the window.
 */
export type Overlay =
  | { readonly kind: 'menu'; readonly message: Message; readonly at: DOMRect }
  | { readonly kind: 'emoji'; readonly at: DOMRect; readonly onPick: (emoji: string) => void }
  | { readonly kind: 'versions' | 'forward'; readonly message: Message }
  | { readonly kind: 'viewer'; readonly key: string };

/** What the parts of a conversation pane share. */
export interface ConversationValue {
  readonly session: Session;
  readonly id: string;
  readonly type: ConversationState['type'];
  /** Its present state. A component that reads it is rendered with each change of the conversation. */
  readonly conversation: ConversationState;
  readonly history: MessageHistory;
  readonly draft: Draft;
  /** The heading “New messages” comes after this `seq`; without it there is none. */
  readonly seenUpTo: Signal<number | undefined>;
  /** What is open above the conversation. */
  readonly overlay: Signal<Overlay | undefined>;
  /** The `seq` of the message under the mouse. */
  readonly hovered: Signal<number | undefined>;
  /** Why the person's last operation failed; undefined after one that succeeded. */
  readonly failure: Signal<Failure | undefined>;
  /** Shows the failure of an operation by `failure`. */
  readonly attempt: Attempt;
}

export const ConversationContext = createContext<ConversationValue | undefined>(undefined);

export function useConversation(): ConversationValue {
  const value = useContext(ConversationContext);
  if (!value) throw new Error('useConversation outside of a conversation pane');
  return value;
}

/** Makes the value that the pane of a conversation provides to its parts. */
export function useConversationValue(session: Session, state: ReadonlySignal<ConversationState>): ConversationValue {
  const { id, type } = state.peek();
  const { unread, readSeq } = state.peek();
  const seenUpTo = useSignal(unread > 0 ? readSeq : undefined);
  const overlay = useSignal<Overlay | undefined>(undefined);
  const hovered = useSignal<number | undefined>(undefined);
  const failure = useSignal<Failure | undefined>(undefined);
  const history = useMemo(() => new MessageHistory(session.chat, id), [session.chat, id]);
  const draft = draftOf(session, id);
  return useMemo(() => {
    const attempt: Attempt = async (operation) => {
      const result = await operation;
      failure.value = 'error' in result ? result.error : undefined;
      return 'ok' in result;
    };
    return {
      ...{ session, id, type, history, draft, seenUpTo, overlay, hovered, failure, attempt },
      get conversation() {
        return state.value;
      },
    };
  }, [session, state, history, draft, seenUpTo, overlay, hovered, failure]);
}

/** The person's own role. Undefined if `members`, which has only the first 50 of a group, doesn't list them. */
export function ownRole({ members }: ConversationState, { user }: Session) {
  return members.find(({ userId }) => userId === user.id)?.role;
}

/** Whether the person may delete messages of others, add and remove members, and change the group's details. */
export function canManage(conversation: ConversationState, session: Session): boolean {
  const role = ownRole(conversation, session);
  return conversation.type === 'group' && (role === 'owner' || role === 'admin');
}
