import { EmojiPicker } from '#web/emoji/emoji-picker.tsx';
import { ForwardDialog } from '#web/message/forward-dialog.tsx';
import { MessageMenu } from '#web/message/message-menu.tsx';
import { MessageVersions } from '#web/message/message-versions.tsx';
import { Viewer } from '#web/viewer/viewer.tsx';
import { type Overlay as Open, useConversation } from './conversation-context.ts';

/** What is open above a conversation. */
export function Overlay({ open }: { open: Open }) {
  const { overlay } = useConversation();
  const close = () => {
    // What was open may have opened something else.
    if (overlay.peek() === open) overlay.value = undefined;
  };
  switch (open.kind) {
    case 'menu':
      return <MessageMenu key={open.message.clientId} message={open.message} at={open.at} onClose={close} />;
    case 'emoji':
      return <EmojiPicker at={open.at} onPick={open.onPick} onClose={close} />;
    case 'versions':
      return <MessageVersions message={open.message} onClose={close} />;
    case 'forward':
      return <ForwardDialog message={open.message} onClose={close} />;
    case 'viewer':
      return <Viewer shown={open.key} />;
    default:
      return open satisfies never;
  }
}
