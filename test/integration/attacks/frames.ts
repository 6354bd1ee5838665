import { v7 } from 'uuid';
import type { ActionName } from '#protocol/actions.ts';
import { all, type Cases, everyone, type FrameCase, managers, members } from './calls.ts';
import { noId } from './cast.ts';

const direct = {
  about: 'a direct conversation with somebody who has blocked the caller',
  may: { blocked: 'forbidden', owner: 'forbidden', blocker: 'ok' },
} as const;

const nobodys = (frame: Record<string, unknown>): FrameCase => ({
  about: 'no conversation',
  request: () => ({ ...frame, conversationId: noId }),
  may: all('not_found'),
});

/** Every action, and who may do it. */
export const frames = {
  message: [
    {
      request: ({ group, files }, by) => ({
        action: 'message',
        id: v7(),
        conversationId: group,
        text: 'attack',
        mediaIds: [files.get(by) ?? noId],
        replyTo: 1,
        after: 1,
      }),
      may: members,
    },
    {
      ...direct,
      request: (scene, by) => ({
        action: 'message',
        id: v7(),
        conversationId: scene.directOf(by),
        text: 'attack',
      }),
    },
    {
      about: 'a file of another’s that nobody has sent',
      request: async ({ api, group, people }) => ({
        action: 'message',
        id: v7(),
        conversationId: group,
        mediaIds: [(await api.addFile(people.owner.id, group)).id],
      }),
      may: { ...members, blocked: 'not_found', blocker: 'not_found', member: 'not_found', admin: 'not_found' },
    },
    nobodys({ action: 'message', id: v7(), text: 'attack' }),
  ],
  edit: [
    {
      about: 'a message of a member',
      request: async ({ group, say, people }) => ({
        action: 'edit',
        conversationId: group,
        seq: await say(people.member),
        text: 'attacked',
      }),
      may: { ...all('forbidden'), member: 'ok' },
    },
    {
      ...direct,
      request: ({ directOf, firstIn }, by) => ({
        action: 'edit',
        conversationId: directOf(by),
        seq: firstIn(by),
        text: 'attacked',
      }),
    },
    nobodys({ action: 'edit', seq: 1, text: 'attacked' }),
  ],
  delete: [
    {
      about: 'a message of a member',
      request: async ({ group, say, people }) => ({
        action: 'delete',
        conversationId: group,
        seq: await say(people.member),
      }),
      may: { ...managers, member: 'ok' },
    },
    nobodys({ action: 'delete', seq: 1 }),
  ],
  react: [
    {
      request: async ({ group, say, people }) => ({
        action: 'react',
        conversationId: group,
        seq: await say(people.member),
        emoji: '👍',
        remove: false,
      }),
      may: members,
    },
    {
      ...direct,
      request: ({ directOf, firstIn }, by) => ({
        action: 'react',
        conversationId: directOf(by),
        seq: firstIn(by),
        emoji: '👍',
      }),
    },
    nobodys({ action: 'react', seq: 1, emoji: '👍' }),
  ],
  receipt: [
    {
      request: ({ group }) => ({ action: 'receipt', conversationId: group, seq: 1, status: 'read' }),
      may: members,
    },
    nobodys({ action: 'receipt', seq: 1, status: 'read' }),
  ],
  typing: [
    { request: ({ group }) => ({ action: 'typing', conversationId: group, typing: true }), may: members },
    {
      ...direct,
      request: ({ directOf }, by) => ({ action: 'typing', conversationId: directOf(by), typing: true }),
    },
    nobodys({ action: 'typing', typing: true }),
  ],
  visibility: [{ request: () => ({ action: 'visibility', visible: false }), may: everyone }],
  presence: [{ request: ({ people }) => ({ action: 'presence', userIds: [people.owner.id] }), may: everyone }],
} as const satisfies Readonly<Record<Exclude<ActionName, 'receipts'>, Cases<FrameCase>>>;
