import type { ComponentChildren } from 'preact';
import { count } from './locale.ts';
import { texts } from './texts.ts';

/** The groups to which the person is invited. */
export const words = texts('invitations', {
  title: 'Invitations',
  group: 'Group',
  invites: (who: ComponentChildren, members: number): ComponentChildren => [
    who,
    ` invites you · ${members === 1 ? '1 member' : `${count(members)} members`}`,
  ],
  accept: 'Accept',
  decline: 'Decline',
  block: (who: ComponentChildren): ComponentChildren => ['Block ', who],
  declineAndBlock: 'Decline and block',
});
