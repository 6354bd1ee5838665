import type { ComponentChildren } from 'preact';
import type { Role } from '#protocol/conversations.ts';
import { texts } from './texts.ts';

type Text = ComponentChildren;

/** Those whom a sentence begins with. */
export interface Subject {
  readonly names: Text;
  /** It is the person who reads it, and nobody else. */
  readonly isMe: boolean;
  readonly areSeveral: boolean;
}

const of = ({ names, isMe }: Subject): Text => (isMe ? 'You' : names);
const are = ({ isMe, areSeveral }: Subject): string => (isMe || areSeveral ? ' are ' : ' is ');
const role = (of: Role): string =>
  of === 'member' ? 'not an admin any more' : of === 'owner' ? 'now the owner' : 'now an admin';

/** What happened in a group, as lines between its messages. */
export const words = texts('changes', {
  added: (by: Subject, whom: Text): Text => [of(by), ' added ', whom],
  joined: (who: Subject): Text => [of(who), ' joined'],
  removed: (by: Subject, whom: Text): Text => [of(by), ' removed ', whom],
  left: (who: Subject): Text => [of(who), ' left'],
  erased: 'Somebody deleted their account',
  madeOwner: (by: Subject, whom: Text): Text => [of(by), ' handed the group over to ', whom],
  madeAdmin: (by: Subject, whom: Text): Text => [of(by), ' made ', whom, ' an admin'],
  madeMember: (by: Subject, whom: Text): Text => [of(by), ' took the role of an admin from ', whom],
  /** The role that somebody has now without another person's doing. */
  has: (who: Subject, now: Role): Text => [of(who), are(who), role(now)],
  named: (by: Subject | undefined, name: Text): Text =>
    by ? [of(by), ' named the group “', name, '”'] : ['The group is now called “', name, '”'],
  pictured: (by: Subject | undefined): Text =>
    by ? [of(by), ' changed the picture'] : 'The group has another picture',
  openHistory: 'New members now see everything',
  closedHistory: 'Members now see what came after they joined',
});
