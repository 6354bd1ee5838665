import type * as z from 'zod/mini';
import * as accounts from './accounts.ts';
import * as conversations from './conversations.ts';
import * as events from './events.ts';
import * as exports from './export.ts';
import type { Code } from './failures.ts';
import * as media from './media.ts';
import * as messages from './messages.ts';
import * as people from './people.ts';
import * as presence from './presence.ts';
import * as push from './push.ts';
import * as receipts from './receipts.ts';
import * as search from './search.ts';
import * as service from './service.ts';

export interface Operation {
  /** The name in generated clients, `operationId` in OpenAPI. */
  readonly name: string;
  readonly summary: string;
  /** What else a caller must know. */
  readonly description?: string;
  /** Needs no access token. */
  readonly open?: true;
  readonly query?: z.ZodMiniType;
  readonly body?: z.ZodMiniType;
  /** The answers by status; null is one without a body. */
  readonly answers: Readonly<Record<number, z.ZodMiniType | null>>;
  /** Beside those that follow from the rest: see `errorsOf`. */
  readonly errors?: readonly Code[];
}

/**
 * Every route of the HTTP API, as API Gateway spells it. Path parameters are ids, but for `{seq}`. The OpenAPI document
 * comes from this table (`npm run documents`), and tests hold the deployed routes and real answers to it.
 */
export const operations: Readonly<Record<string, Operation>> = {
  'POST /auth/register': {
    name: 'register',
    summary: 'Make an account and log in',
    open: true,
    body: accounts.Register,
    answers: { 201: accounts.Session },
    errors: ['weak_password', 'username_taken', 'registration_failed', 'too_many_attempts'],
  },
  'POST /auth/login': {
    name: 'logIn',
    summary: 'Log in with a username or an e-mail address',
    open: true,
    body: accounts.Login,
    answers: { 200: accounts.Session },
    errors: ['bad_credentials', 'too_many_attempts'],
  },
  'POST /auth/refresh': {
    name: 'refresh',
    summary: 'Spend a refresh token for a new session',
    description:
      'The token is spent by the call. Presented again it answers `token_reused`, and the whole login is over: call it once at a time.',
    open: true,
    body: accounts.RefreshToken,
    answers: { 200: accounts.Session },
    errors: ['unauthorized', 'token_reused'],
  },
  'POST /auth/logout': {
    name: 'logOut',
    summary: 'End a login, and close its sockets',
    description:
      'Any refresh token of the login will do, spent or not. What is no token changes nothing and is 204, too.',
    open: true,
    body: accounts.RefreshToken,
    answers: { 204: null },
  },
  'POST /auth/validate': {
    name: 'validate',
    summary: 'Ask whether an access token is valid, and whose it is',
    answers: { 200: accounts.TokenValidity },
  },
  'GET /.well-known/jwks.json': {
    name: 'getKeys',
    summary: 'The public keys that access tokens are signed with',
    open: true,
    answers: { 200: service.Jwks },
  },
  'GET /health': {
    name: 'getHealth',
    summary: 'Whether the API is there, and in which version',
    open: true,
    answers: { 200: service.Health },
  },

  'GET /users': {
    name: 'findUsers',
    summary: 'People whose username begins like this',
    query: accounts.FindUsers,
    answers: { 200: accounts.Users },
  },
  'GET /users/me': { name: 'getMe', summary: 'Oneself', answers: { 200: accounts.User }, errors: ['not_found'] },
  'GET /users/{id}': { name: 'getUser', summary: 'A person', answers: { 200: accounts.User } },
  'PUT /users/{id}': {
    name: 'updateUser',
    summary: 'Change one’s own profile',
    body: accounts.UpdateUser,
    answers: { 200: accounts.User },
    errors: ['forbidden'],
  },
  'GET /users/{id}/presence': {
    name: 'getPresence',
    summary: 'Whether a person is online',
    description: '`forbidden` for everyone with whom the caller shares no conversation, also for ids of nobody.',
    answers: { 200: presence.Presence },
    errors: ['forbidden'],
  },
  'DELETE /users/me': {
    name: 'deleteMe',
    summary: 'Delete one’s account, for good',
    description:
      'At once nobody can log in, refresh or connect as them, and their names are free again. Then, in every conversation, their messages are deleted and they are taken out.',
    answers: { 202: null },
    errors: ['not_found'],
  },
  'GET /users/me/export': {
    name: 'exportMe',
    summary: 'All that is kept about oneself, in pages',
    description: 'The first page has the person, the following ones have their messages.',
    query: exports.ExportQuery,
    answers: { 200: exports.Export },
    errors: ['not_found', 'rate_limited'],
  },
  'GET /users/me/settings': {
    name: 'getSettings',
    summary: 'How one wants to be seen',
    answers: { 200: people.Settings },
    errors: ['not_found'],
  },
  'PATCH /users/me/settings': {
    name: 'updateSettings',
    summary: 'Change how one wants to be seen',
    body: people.UpdateSettings,
    answers: { 200: people.Settings },
    errors: ['not_found'],
  },
  'GET /users/me/blocks': {
    name: 'getBlocks',
    summary: 'Whom one has blocked',
    answers: { 200: people.Blocks },
  },
  'PUT /users/me/blocks/{id}': {
    name: 'block',
    summary: 'Block a person',
    description:
      'They can no longer write in the direct conversation of the two, nor make one, and see one as offline. Groups stay as they are.',
    answers: { 204: null },
    errors: ['bad_request', 'conflict'],
  },
  'DELETE /users/me/blocks/{id}': {
    name: 'unblock',
    summary: 'Take a block back',
    answers: { 204: null },
  },

  'POST /conversations': {
    name: 'createConversation',
    summary: 'Begin a conversation',
    description: 'A direct conversation that the two have already is answered as it is, with 200.',
    body: conversations.CreateConversation,
    answers: { 200: conversations.Conversation, 201: conversations.Conversation },
    errors: ['not_found', 'forbidden'],
  },
  'GET /conversations': {
    name: 'listConversations',
    summary: 'The caller’s conversations, latest activity first',
    query: conversations.ListQuery,
    answers: { 200: conversations.Conversations },
  },
  'GET /conversations/{id}': {
    name: 'getConversation',
    summary: 'A conversation',
    answers: { 200: conversations.Conversation },
    errors: ['forbidden'],
  },
  'PATCH /conversations/{id}': {
    name: 'updateConversation',
    summary: 'Change a group; for its owner and admins',
    body: conversations.UpdateConversation,
    answers: { 200: conversations.Conversation },
    errors: ['forbidden'],
  },
  'GET /conversations/{id}/members': {
    name: 'listMembers',
    summary: 'All members, in the order of their ids',
    query: conversations.MembersQuery,
    answers: { 200: conversations.Members },
    errors: ['forbidden'],
  },
  'POST /conversations/{id}/members': {
    name: 'addMembers',
    summary: 'Add people to a group; for its owner and admins',
    description: 'Those who are members already stay as they are.',
    body: conversations.AddMembers,
    answers: { 200: conversations.Conversation },
    errors: ['forbidden', 'conflict'],
  },
  'PATCH /conversations/{id}/members/{userId}': {
    name: 'updateMember',
    summary: 'Set a member’s role, or mute the conversation for oneself',
    description: 'Making someone else the owner hands the group over: the former owner becomes an admin.',
    body: conversations.UpdateMember,
    answers: { 200: conversations.Conversation },
    errors: ['forbidden', 'conflict'],
  },
  'DELETE /conversations/{id}/members/{userId}': {
    name: 'removeMember',
    summary: 'Leave a group, or remove someone from it',
    description:
      'The owner removes anyone, admins remove members. When the owner goes, the longest-standing admin, else member, becomes the owner.',
    answers: { 204: null },
    errors: ['forbidden'],
  },

  'GET /conversations/{id}/messages': {
    name: 'getHistory',
    summary: 'A page of messages, in ascending `seq`',
    description:
      'The newest ones of the range between `before` and `after`, both exclusive; with `after` alone the oldest ones.',
    query: messages.HistoryQuery,
    answers: { 200: messages.History },
    errors: ['forbidden'],
  },
  'GET /conversations/{id}/messages/{seq}/versions': {
    name: 'getVersions',
    summary: 'What a message said before its edits; for its author, and for the owner and admins of the group',
    description: 'Nothing is left of a deleted message.',
    answers: { 200: messages.Versions },
    errors: ['forbidden'],
  },
  'GET /conversations/{id}/receipts': {
    name: 'getReceipts',
    summary: 'How far the members have received and read',
    description: 'Of everyone in a conversation of up to 100 members, in a larger one of the caller alone.',
    answers: { 200: receipts.Receipts },
    errors: ['forbidden'],
  },
  'POST /sync': {
    name: 'sync',
    summary: 'Everything that changed in the caller’s conversations since some cursors',
    body: events.SyncRequest,
    answers: { 200: events.Sync },
  },
  'GET /search': {
    name: 'search',
    summary: 'Messages that have all of some words, newest first',
    description:
      'In one conversation, or in all of the caller’s; what they may not see is never found. Of more than 100 conversations those made last come first, 100 together.',
    query: search.SearchQuery,
    answers: { 200: search.Hits },
    errors: ['forbidden', 'not_found'],
  },

  'GET /push/key': {
    name: 'getPushKey',
    summary: 'The key that push subscriptions are made for',
    answers: { 200: push.PushKey },
  },
  'POST /push/subscriptions': {
    name: 'subscribePush',
    summary: 'Have messages pushed to this browser or mobile app while one is nowhere online',
    description:
      'A subscription lasts as long as the login that made it. The same endpoint or token may be given again; of more than 10 the ' +
      'first goes. `forbidden`: this server pushes to browsers only, or not to apps of this platform.',
    body: push.Subscribe,
    answers: { 201: push.Subscribed },
    errors: ['forbidden', 'not_found'],
  },
  'DELETE /push/subscriptions/{id}': {
    name: 'unsubscribePush',
    summary: 'End a push subscription',
    answers: { 204: null },
  },

  'POST /media/upload': {
    name: 'requestUpload',
    summary: 'Get leave to upload a file',
    description:
      'The answer names a request to S3 that is good for just this type and length, and these bytes where their SHA-256 is given. ' +
      'Once they are there the file is looked at; a `media` event tells what came of it.',
    body: media.RequestUpload,
    answers: { 201: media.Upload },
    errors: ['not_found', 'forbidden', 'rate_limited'],
  },
  'GET /media/{id}': {
    name: 'getMedia',
    summary: 'A file, and where its bytes are',
    description: 'For its uploader, for those who can see a message with it, and for everyone where it is an avatar.',
    answers: { 200: media.Media },
    errors: ['forbidden'],
  },
};

/** The codes that an operation may answer with. */
export function errorsOf(route: string, { open, query, body, errors = [] }: Operation): Code[] {
  const codes: Code[] = [...errors, 'rate_limited', 'unavailable', 'internal'];
  if (query || body) codes.push('bad_request');
  if (!open) codes.push('unauthorized');
  if (route.includes('{')) codes.push('not_found');
  return [...new Set(codes)];
}
