import type { Change, Event, Message } from '../history.ts';

interface Shown {
  readonly conversation: string;
  readonly message: Message;
}

/** The states of messages that an event shows. */
export function messagesIn(event: Event): Shown[] {
  if (event.type !== 'ok') return [];
  const { conversation = '' } = event;
  switch (event.f) {
    case 'receive':
      return shownBy(conversation, event.value);
    case 'history':
      return event.value.messages.map((message) => ({ conversation, message }));
    case 'sync':
      return event.value.entries.flatMap(({ conversation: id, changes = [] }) =>
        changes.flatMap((change) => shownBy(id, change)),
      );
    default:
      return [];
  }
}

function shownBy(conversation: string, change: Change): Shown[] {
  return 'message' in change && change.message ? [{ conversation, message: change.message }] : [];
}
