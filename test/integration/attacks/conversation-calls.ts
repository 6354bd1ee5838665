import { all, type CallCase, type Cases, everyone, managers, members, ownerOnly } from './calls.ts';
import { noId } from './cast.ts';

const { owner: _, ...nobodyBelowTheOwner } = all('forbidden');

const nobodysConversation = (more: object = {}): CallCase => ({
  about: 'no conversation',
  request: () => ({ params: { id: noId }, ...more }),
  may: all('not_found'),
});

/** The routes about conversations, their messages and files. */
export const conversationCalls = {
  'POST /conversations': [
    {
      request: async ({ extra }) => ({ body: { type: 'group', name: 'Ours', memberIds: [(await extra()).id] } }),
      may: everyone,
    },
    {
      about: 'a direct one with a new person',
      request: async ({ extra }) => ({ body: { type: 'direct', memberIds: [(await extra()).id] } }),
      may: everyone,
    },
    {
      about: 'a direct one with somebody who has blocked the caller',
      request: async ({ extra }, by) => {
        const blocker = await extra();
        await blocker.call('PUT /users/me/blocks/{id}', { params: { id: by.id } });
        return { body: { type: 'direct', memberIds: [blocker.id] } };
      },
      may: all('forbidden'),
    },
    {
      about: 'nobody',
      request: () => ({ body: { type: 'direct', memberIds: [noId] } }),
      may: all('not_found'),
    },
  ],
  'GET /conversations': [{ request: () => ({ query: { limit: '5' } }), may: everyone }],
  'GET /conversations/{id}': [
    { request: ({ group }) => ({ params: { id: group } }), may: members },
    {
      about: 'a direct one of others',
      request: ({ direct }) => ({ params: { id: direct.blocked } }),
      may: { ...all('forbidden'), blocked: 'ok', owner: 'ok' },
    },
    nobodysConversation(),
  ],
  'PATCH /conversations/{id}': [
    { request: ({ group }) => ({ params: { id: group }, body: { name: 'Scene', history: 'joined' } }), may: managers },
    {
      about: 'a file of a message as the avatar',
      request: ({ group, file }) => ({ params: { id: group }, body: { avatarMediaId: file } }),
      may: { ...managers, admin: 'not_found', owner: 'not_found' },
    },
    {
      about: 'a direct one',
      request: ({ direct }) => ({ params: { id: direct.blocked }, body: { name: 'Mine' } }),
      may: all('forbidden'),
    },
    nobodysConversation({ body: { name: 'Mine' } }),
  ],
  'GET /conversations/{id}/members': [
    { request: ({ group }) => ({ params: { id: group }, query: { limit: '5' } }), may: members },
    nobodysConversation(),
  ],
  'POST /conversations/{id}/members': [
    {
      request: async ({ group, extra }) => ({ params: { id: group }, body: { userIds: [(await extra()).id] } }),
      may: managers,
    },
    {
      about: 'oneself',
      request: ({ group }, by) => ({ params: { id: group }, body: { userIds: [by.id] } }),
      may: managers,
    },
    {
      about: 'a third in a direct one',
      request: ({ direct, people }) => ({ params: { id: direct.blocked }, body: { userIds: [people.stranger.id] } }),
      may: all('forbidden'),
    },
    nobodysConversation({ body: { userIds: [noId] } }),
  ],
  'PATCH /conversations/{id}/members/{userId}': [
    {
      about: 'the role of a member',
      request: async ({ group, addMember }) => ({
        params: { id: group, userId: await addMember() },
        body: { role: 'admin' },
      }),
      may: ownerOnly,
    },
    {
      about: 'one’s own role',
      request: ({ group }, by) => ({ params: { id: group, userId: by.id }, body: { role: 'owner' } }),
      may: ownerOnly,
    },
    {
      about: 'muting for oneself',
      request: ({ group }, by) => ({ params: { id: group, userId: by.id }, body: { muted: true } }),
      may: members,
    },
    {
      about: 'muting for another',
      request: async ({ group, addMember }) => ({
        params: { id: group, userId: await addMember() },
        body: { muted: true },
      }),
      may: all('forbidden'),
    },
  ],
  'DELETE /conversations/{id}/members/{userId}': [
    {
      about: 'a plain member',
      request: async ({ group, addMember }) => ({ params: { id: group, userId: await addMember() } }),
      may: managers,
    },
    {
      about: 'the owner',
      request: ({ group, people }) => ({ params: { id: group, userId: people.owner.id } }),
      may: nobodyBelowTheOwner,
    },
    {
      about: 'oneself',
      request: async ({ createGroup }, by) => ({ params: { id: await createGroup(), userId: by.id } }),
      may: { ...members, blocker: 'forbidden' },
    },
  ],

  'GET /invitations': [{ request: () => ({}), may: everyone }],
  'POST /invitations/{id}': [
    { request: async ({ invite }, by) => ({ params: { id: await invite(by) } }), may: everyone },
    { about: 'no invitation', request: () => ({ params: { id: noId } }), may: all('not_found') },
  ],
  'DELETE /invitations/{id}': [
    {
      request: async ({ invite }, by) => ({ params: { id: await invite(by) }, query: { block: 'true' } }),
      may: everyone,
    },
  ],

  'GET /conversations/{id}/messages': [
    {
      request: ({ group }) => ({ params: { id: group }, query: { before: '9', after: '0', limit: '5' } }),
      may: members,
    },
    nobodysConversation(),
  ],
  'GET /conversations/{id}/messages/{seq}/versions': [
    {
      request: async ({ group, say, people }) => ({ params: { id: group, seq: String(await say(people.member)) } }),
      may: { ...managers, member: 'ok' },
    },
  ],
  'GET /conversations/{id}/receipts': [
    { request: ({ group }) => ({ params: { id: group } }), may: members },
    nobodysConversation(),
  ],
  'POST /sync': [{ request: ({ group }) => ({ body: { cursors: { [group]: 0 } } }), may: everyone }],
  'GET /search': [
    { request: ({ group }) => ({ query: { q: 'said', conversationId: group } }), may: members },
    { about: 'all conversations', request: () => ({ query: { q: 'said' } }), may: everyone },
    {
      about: 'no conversation',
      request: () => ({ query: { q: 'said', conversationId: noId } }),
      may: all('not_found'),
    },
  ],

  'POST /media/upload': [
    {
      request: ({ group }) => ({
        body: { contentType: 'image/png', size: 9, sha256: 'a'.repeat(64), conversationId: group },
      }),
      may: members,
    },
    {
      about: 'an avatar',
      request: () => ({ body: { contentType: 'image/png', size: 9, purpose: 'avatar' } }),
      may: everyone,
    },
    {
      about: 'no conversation',
      request: () => ({ body: { contentType: 'image/png', size: 9, conversationId: noId } }),
      may: all('not_found'),
    },
  ],
  'GET /media/{id}': [
    { request: ({ file }) => ({ params: { id: file } }), may: members },
    { about: 'no file', request: () => ({ params: { id: noId } }), may: all('not_found') },
  ],
} as const satisfies Readonly<Record<string, Cases<CallCase>>>;
