import { type Signal, useSignal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext, useMemo } from 'preact/hooks';
import type { ConversationState, Failure, Message, Result } from '#client/index.ts';
import type { Session } from '#web/app/session.ts';
import { type Draft, draftOf } from '#web/composer/drafts.ts';
import { Archive } from './message-history.ts';

/** The open conversation, and what its parts share. */
export interface Talk {
  readonly session: Session;
  readonly conversation: ConversationState;
  readonly archive: Archive;
  readonly draft: Draft;
  /** The message whose menu is open, and the button that it belongs to. */
  readonly menu: Signal<{ readonly message: Message; readonly button: HTMLElement } | undefined>;
  /** The message whose earlier versions are shown. */
  readonly versions: Signal<Message | undefined>;
  /** Why what the person did last didn't work. */
  readonly failure: Signal<Failure | undefined>;
  /** Says whether it worked, and shows the failure otherwise. */
  readonly attempt: (doing: Promise<Result<unknown>>) => Promise<boolean>;
}

export const TalkContext = createContext<Talk | undefined>(undefined);

export function useTalk(): Talk {
  const talk = useContext(TalkContext);
  if (!talk) throw new Error('Outside of a conversation');
  return talk;
}

export function useNewTalk(session: Session, conversation: ConversationState): Talk {
  const menu = useSignal<Talk['menu']['value']>(undefined);
  const versions = useSignal<Message | undefined>(undefined);
  const failure = useSignal<Failure | undefined>(undefined);
  const archive = useMemo(() => new Archive(session.chat, conversation.id), [session.chat, conversation.id]);
  const draft = draftOf(session, conversation.id);
  return useMemo(() => {
    const attempt: Talk['attempt'] = async (doing) => {
      const result = await doing;
      failure.value = 'error' in result ? result.error : undefined;
      return 'ok' in result;
    };
    return { session, conversation, archive, draft, menu, versions, failure, attempt };
  }, [session, conversation, archive, draft, menu, versions, failure]);
}

/** The own role in it; groups over 50 list only their first members. */
export function ownRole({ members }: ConversationState, { user }: Session) {
  return members.find(({ userId }) => userId === user.id)?.role;
}

/** Whether one runs the group: deletes messages of others, adds and removes people. */
export function manages(conversation: ConversationState, session: Session): boolean {
  const role = ownRole(conversation, session);
  return conversation.type === 'group' && (role === 'owner' || role === 'admin');
}
