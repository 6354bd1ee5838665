import type * as z from 'zod/mini';
import * as accounts from './accounts.ts';
import * as conversations from './conversations.ts';
import * as credentials from './credentials.ts';
import * as events from './events.ts';
import * as exports from './export.ts';
import type { Code } from './failures.ts';
import * as history from './history.ts';
import * as invitations from './invitations.ts';
import * as media from './media.ts';
import * as messages from './messages.ts';
import { isOwnAccount } from './own-account.ts';
import * as people from './people.ts';
import * as presence from './presence.ts';
import * as push from './push.ts';
import * as receipts from './receipts.ts';
import type { Route } from './routes.ts';
import * as search from './search.ts';
import * as service from './service.ts';

export interface Operation {
  /** The `operationId` in OpenAPI, which generated clients take as the name of their method. */
  readonly name: string;
  readonly summary: string;
  /** What a caller must know beyond the summary. */
  readonly description?: string;
  /** The operation needs no access token. */
  readonly open?: true;
  readonly query?: z.ZodMiniType;
  readonly body?: z.ZodMiniType;
  /** The schema of each successful answer by status. Null stands for an answer without a body. */
  readonly answers: Readonly<Record<number, z.ZodMiniType | null>>;
  /** The codes that `errorsOf` can't derive from the other fields. */
  readonly errors?: readonly Code[];
}

/**
 * Every route of the HTTP API by its route key in API Gateway. Every path parameter but `{seq}` is an id. The OpenAPI document is
 * generated from this table (`npm run documents`), and tests compare it with the synthesized routes and with real answers.
 */
export const operations = {
  'POST /auth/register': {
    name: 'register',
    summary: 'Create an account and log in',
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
    summary: 'Exchange a refresh token for a new session',
    description:
      'The answer has a new refresh token, which replaces the one that was sent. If the answer is lost, the same token gets the same ' +
      'answer again, as long as the new one was not used. After that it answers `token_reused`, and ends the login with all its ' +
      'tokens and sockets.',
    open: true,
    body: accounts.RefreshToken,
    answers: { 200: accounts.Session },
    errors: ['unauthorized', 'token_reused'],
  },
  'POST /auth/logout': {
    name: 'logOut',
    summary: 'End a login and close its sockets',
    description:
      'Any refresh token of the login is accepted, whether it has been used or not. A text that is no refresh token changes nothing ' +
      'and also answers 204.',
    open: true,
    body: accounts.RefreshToken,
    answers: { 204: null },
  },
  'POST /auth/validate': {
    name: 'validate',
    summary: 'Check an access token, and get the id of its user',
    answers: { 200: accounts.TokenValidity },
  },
  'POST /auth/confirm': {
    name: 'confirm',
    summary: 'Show once more that the person knows the password',
    description:
      'For 5 minutes this login may erase and export the account and change its address and password. Without it those calls answer ' +
      '`confirmation_required`.',
    body: credentials.Confirm,
    answers: { 204: null },
    errors: ['bad_credentials', 'too_many_attempts'],
  },
  'POST /auth/password': {
    name: 'changePassword',
    summary: 'Change the password',
    description: 'This login goes on. All others end, and their sockets are closed. It needs a confirmation.',
    body: credentials.ChangePassword,
    answers: { 204: null },
    errors: ['confirmation_required', 'weak_password'],
  },
  'POST /auth/password/forgot': {
    name: 'forgotPassword',
    summary: 'Have a link for a new password sent',
    description:
      'The answer is always the same, after the same time, whether or not an account has the address. The link is in a mail to it, and ' +
      'good for 15 minutes. One address gets a few mails an hour.',
    open: true,
    body: credentials.ForgotPassword,
    answers: { 202: null },
  },
  'POST /auth/password/reset': {
    name: 'resetPassword',
    summary: 'Set a new password with the token of a mail',
    description: 'A token is good for once. All logins end, and their sockets are closed.',
    open: true,
    body: credentials.ResetPassword,
    answers: { 204: null },
    errors: ['invalid_token', 'weak_password'],
  },
  'POST /auth/email/verify': {
    name: 'verifyEmail',
    summary: 'Verify an e-mail address with the token of a mail',
    description:
      'A token is good for once, and for 24 hours. If the mail was sent because the address is to change, it changes now, and the ' +
      'former address is told.',
    open: true,
    body: credentials.VerifyEmail,
    answers: { 204: null },
    errors: ['invalid_token'],
  },
  'POST /auth/email/verification': {
    name: 'sendVerification',
    summary: 'Have the mail sent again that verifies the caller’s address',
    description: 'Nothing is sent if the address is verified.',
    answers: { 202: null },
  },
  'GET /auth/sessions': {
    name: 'listSessions',
    summary: 'List the caller’s logins, the one that was used last first',
    answers: { 200: credentials.LoginSessions },
  },
  'DELETE /auth/sessions/{id}': {
    name: 'endSession',
    summary: 'End a login of the caller and close its sockets',
    answers: { 204: null },
  },
  'DELETE /auth/sessions': {
    name: 'endOtherSessions',
    summary: 'End all logins of the caller but this one, and close their sockets',
    answers: { 204: null },
  },
  'GET /.well-known/jwks.json': {
    name: 'getKeys',
    summary: 'Get the public keys that verify access tokens',
    open: true,
    answers: { 200: service.Jwks },
  },
  'GET /health': {
    name: 'getHealth',
    summary: 'Check that the API is available, and get its version',
    open: true,
    answers: { 200: service.Health },
  },

  'GET /users': {
    name: 'findUsers',
    summary: 'Find users by the beginning of their username',
    query: accounts.FindUsers,
    answers: { 200: accounts.Users },
  },
  'GET /users/me': {
    name: 'getMe',
    summary: 'Get the caller’s own profile',
    answers: { 200: accounts.User },
    errors: ['not_found'],
  },
  'GET /users/{id}': { name: 'getUser', summary: 'Get a user’s profile', answers: { 200: accounts.User } },
  'PUT /users/{id}': {
    name: 'updateUser',
    summary: 'Change the caller’s own profile',
    body: accounts.UpdateUser,
    answers: { 200: accounts.User },
    errors: ['forbidden'],
  },
  'GET /users/{id}/presence': {
    name: 'getPresence',
    summary: 'Get whether a user is online',
    description:
      'If the caller shares no conversation with the user, the answer is `forbidden`, whether or not the user exists.',
    answers: { 200: presence.Presence },
    errors: ['forbidden'],
  },
  'DELETE /users/me': {
    name: 'deleteMe',
    summary: 'Erase the caller’s account',
    description:
      'From this answer on nobody can log in, refresh or connect with the account. Its e-mail address is free again, and its username ' +
      'after 30 days. Afterwards the server deletes the caller’s messages in every conversation and removes the caller from it. ' +
      'This can’t be undone. It needs a confirmation.',
    answers: { 202: null },
    errors: ['confirmation_required', 'not_found'],
  },
  'GET /users/me/export': {
    name: 'exportMe',
    summary: 'Export the data that is stored about the caller',
    description:
      'The first page has the profile, settings, blocks, logins, recent activity and conversations. The following pages have the ' +
      'messages. It needs a confirmation, at each page: whoever takes longer confirms again and goes on with the same cursor.',
    query: exports.ExportQuery,
    answers: { 200: exports.Export },
    errors: ['confirmation_required', 'not_found', 'rate_limited'],
  },
  'PUT /users/me/email': {
    name: 'changeEmail',
    summary: 'Change the caller’s e-mail address',
    description:
      'The new address gets a mail, and replaces the present one when its token is used (`POST /auth/email/verify`). The present ' +
      'address is told. The answer doesn’t tell whether another account has the address. It needs a confirmation.',
    body: credentials.ChangeEmail,
    answers: { 202: null },
    errors: ['confirmation_required'],
  },
  'GET /users/me/activity': {
    name: 'getActivity',
    summary: 'Get what happened to the caller’s account of late, newest first',
    answers: { 200: credentials.Activity },
  },
  'GET /users/me/settings': {
    name: 'getSettings',
    summary: 'Get the caller’s settings',
    answers: { 200: people.Settings },
    errors: ['not_found'],
  },
  'PATCH /users/me/settings': {
    name: 'updateSettings',
    summary: 'Change the caller’s settings',
    body: people.UpdateSettings,
    answers: { 200: people.Settings },
    errors: ['not_found'],
  },
  'GET /users/me/blocks': {
    name: 'getBlocks',
    summary: 'List the users whom the caller has blocked',
    answers: { 200: people.Blocks },
  },
  'PUT /users/me/blocks/{id}': {
    name: 'block',
    summary: 'Block a user',
    description:
      'The blocked user can neither write in nor create a direct conversation with the caller, nor add the caller to groups. Neither of ' +
      'the two learns what the other reads and types, or when they are online. In groups both go on reading each other’s messages.',
    answers: { 204: null },
    errors: ['bad_request', 'conflict'],
  },
  'DELETE /users/me/blocks/{id}': {
    name: 'unblock',
    summary: 'Unblock a user',
    answers: { 204: null },
  },

  'POST /conversations': {
    name: 'createConversation',
    summary: 'Create a conversation',
    description:
      'Two users have at most one direct conversation. If it exists already, the answer is that conversation, with status 200. ' +
      'Not all of those who are named for a group become its members: see `addMembers`.',
    body: conversations.CreateConversation,
    answers: { 200: conversations.Conversation, 201: conversations.Conversation },
    errors: ['not_found', 'forbidden'],
  },
  'GET /conversations': {
    name: 'listConversations',
    summary: 'List the caller’s conversations, with the latest activity first',
    description:
      'The pages have every conversation that was there all the time. Those that were active since the first page come after the ' +
      'others, perhaps for a second time.',
    query: conversations.ListQuery,
    answers: { 200: conversations.Conversations },
  },
  'GET /conversations/{id}': {
    name: 'getConversation',
    summary: 'Get a conversation',
    answers: { 200: conversations.Conversation },
    errors: ['forbidden'],
  },
  'PATCH /conversations/{id}': {
    name: 'updateConversation',
    summary: 'Change the name, avatar or history access of a group',
    description: 'Only the owner and admins may do this.',
    body: conversations.UpdateConversation,
    answers: { 200: conversations.Conversation },
    errors: ['forbidden'],
  },
  'GET /conversations/{id}/members': {
    name: 'listMembers',
    summary: 'List the members in the order of their ids',
    query: conversations.MembersQuery,
    answers: { 200: conversations.Members },
    errors: ['forbidden'],
  },
  'POST /conversations/{id}/members': {
    name: 'addMembers',
    summary: 'Add members to a group',
    description:
      'Only the owner and admins may do this. Users who are members already are not changed. Those who have left the group, and those ' +
      'whose setting `whoMayAdd` excludes the caller, are invited instead, and so are those whom strangers have added too often today. ' +
      'Those who have blocked the caller are left out. The answer doesn’t tell the one from the other.',
    body: conversations.AddMembers,
    answers: { 200: conversations.Conversation },
    errors: ['forbidden', 'conflict'],
  },
  'PATCH /conversations/{id}/members/{userId}': {
    name: 'updateMember',
    summary: 'Change a member’s role, or mute the conversation for the caller',
    description: 'Only the owner changes roles. Making another member the owner turns the former owner into an admin.',
    body: conversations.UpdateMember,
    answers: { 200: conversations.Conversation },
    errors: ['forbidden', 'conflict'],
  },
  'DELETE /conversations/{id}/members/{userId}': {
    name: 'removeMember',
    summary: 'Leave a group, or remove a member from it',
    description:
      'The owner may remove anyone, and admins may remove plain members. When the owner leaves, the admin who joined first becomes ' +
      'the owner, or the member who joined first if there is no admin.',
    answers: { 204: null },
    errors: ['forbidden'],
  },

  'GET /invitations': {
    name: 'listInvitations',
    summary: 'List the groups to which the caller is invited, newest first',
    answers: { 200: invitations.Invitations },
  },
  'POST /invitations/{id}': {
    name: 'acceptInvitation',
    summary: 'Accept an invitation to a group',
    description: 'The path has the id of the conversation. Who is a member already gets the conversation.',
    answers: { 200: conversations.Conversation },
    errors: ['conflict'],
  },
  'DELETE /invitations/{id}': {
    name: 'declineInvitation',
    summary: 'Decline an invitation to a group',
    description:
      'For 30 days nobody can invite the caller to this group again. Declining an invitation that isn’t there changes nothing.',
    query: invitations.DeclineQuery,
    answers: { 204: null },
    errors: ['conflict'],
  },

  'GET /conversations/{id}/messages': {
    name: 'getHistory',
    summary: 'Get a page of messages in ascending `seq`',
    description:
      'The page has the newest messages between `after` and `before`, both exclusive. If only `after` is given, it has the oldest ' +
      'messages after it.',
    query: history.HistoryQuery,
    answers: { 200: history.History },
    errors: ['forbidden'],
  },
  'GET /conversations/{id}/messages/{seq}/versions': {
    name: 'getVersions',
    summary: 'Get the texts of a message from before its edits',
    description:
      'Only the author of the message and the owner and admins of the group may do this. A deleted message has no versions.',
    answers: { 200: messages.Versions },
    errors: ['forbidden'],
  },
  'GET /conversations/{id}/receipts': {
    name: 'getReceipts',
    summary: 'Get how far the members have received and read a conversation',
    description: 'In a conversation of more than 100 members the answer has only the caller’s own receipt.',
    answers: { 200: receipts.Receipts },
    errors: ['forbidden'],
  },
  'POST /sync': {
    name: 'sync',
    summary: 'Get everything that has changed in the caller’s conversations since the given cursors',
    body: events.SyncRequest,
    answers: { 200: events.Sync },
  },
  'GET /search': {
    name: 'search',
    summary: 'Find messages that contain all given words, newest first',
    description:
      'The search covers the messages that the caller can see, in one conversation or in all of theirs. If there are more than 100 ' +
      'conversations, they are searched in groups of 100, beginning with those that were created last, and the hits are ordered ' +
      'by time only within a group.',
    query: search.SearchQuery,
    answers: { 200: search.Hits },
    errors: ['forbidden', 'not_found'],
  },

  'GET /push/key': {
    name: 'getPushKey',
    summary: 'Get the server’s key for push subscriptions',
    answers: { 200: push.PushKey },
  },
  'POST /push/subscriptions': {
    name: 'subscribePush',
    summary: 'Have messages pushed to a browser or mobile app while the caller has no socket open',
    description:
      'A subscription ends with the login that created it. Subscribing the same endpoint or token again replaces its subscription. ' +
      'A user has at most 10 subscriptions; one more replaces the oldest. `forbidden` means that this server is not set up to ' +
      'push to apps of that platform.',
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
    summary: 'Ask to upload a file',
    description:
      'The answer has a presigned request to S3, which accepts exactly this type and size, and only these bytes if their SHA-256 is ' +
      'given. The server checks the file after the upload and reports the result in a `media` event.',
    body: media.RequestUpload,
    answers: { 201: media.Upload },
    errors: ['not_found', 'forbidden', 'rate_limited'],
  },
  'GET /media/{id}': {
    name: 'getMedia',
    summary: 'Get a file’s details and its addresses',
    description:
      'A file is available to its uploader and to everyone who can see a message that has it. Avatars are available to every user.',
    answers: { 200: media.Media },
    errors: ['forbidden'],
  },
} as const satisfies Readonly<Record<Route, Operation>>;

/** A query or a body that a route doesn't have is a bad request, too. */
const always = [
  'bad_request',
  'too_large',
  'unsupported_encoding',
  'rate_limited',
  'unavailable',
  'maintenance',
  'internal',
] as const;

/** Returns every code that an operation may answer with. */
export function errorsOf(route: string, { open, errors = [] }: Operation): Code[] {
  const codes: Code[] = [...errors, ...always];
  if (!open) codes.push('unauthorized');
  if (!open && !isOwnAccount(route)) codes.push('forbidden');
  if (route.includes('{')) codes.push('not_found');
  return [...new Set(codes)];
}
