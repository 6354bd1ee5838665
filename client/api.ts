import type { UpdateUser, User, Users } from 'storm-chat-protocol/accounts';
import type {
  Conversation,
  CreateConversation,
  Members,
  Role,
  UpdateConversation,
} from 'storm-chat-protocol/conversations';
import type { Activity, LoginSessions } from 'storm-chat-protocol/credentials';
import type { Sync } from 'storm-chat-protocol/events';
import type { Export } from 'storm-chat-protocol/export';
import type { History } from 'storm-chat-protocol/history';
import type { Invitations } from 'storm-chat-protocol/invitations';
import type { Media, RequestUpload, Upload } from 'storm-chat-protocol/media';
import type { Versions } from 'storm-chat-protocol/messages';
import type { Blocks, Settings, UpdateSettings } from 'storm-chat-protocol/people';
import type { PushKey, Subscribe, Subscribed } from 'storm-chat-protocol/push';
import type { Receipts } from 'storm-chat-protocol/receipts';
import type { Hits } from 'storm-chat-protocol/search';
import type { Auth } from './auth.ts';
import type { Result } from './failures.ts';
import type { HttpCall } from './http.ts';

type Query = Readonly<Record<string, string | number | undefined>>;

/** The calls of the HTTP API, in the name of the signed-in person. `docs/openapi.json` describes them. */
export class Api {
  readonly #auth: Auth;

  constructor(auth: Auth) {
    this.#auth = auth;
  }

  user(id: string): Promise<Result<User>> {
    return this.#get(`/users/${id}`);
  }

  /** Finds people whose username begins with this. */
  findUsers(username: string, limit = 20): Promise<Result<Users>> {
    return this.#get('/users', { username, limit });
  }

  /** Changes the person's own profile. */
  updateUser(me: string, change: UpdateUser): Promise<Result<User>> {
    return this.#call('PUT', `/users/${me}`, change);
  }

  /**
   * Shows once more that the person knows the password. For 5 minutes this login may then erase and export the account, and change
   * its address and password.
   */
  confirm(password: string): Promise<Result<void>> {
    return this.#call('POST', '/auth/confirm', { password });
  }

  /** Changes the password, and ends all other sessions of the person. It needs a confirmation. */
  changePassword(newPassword: string): Promise<Result<void>> {
    return this.#call('POST', '/auth/password', { newPassword });
  }

  /** Changes the address as soon as the link in the mail to the new one is followed. It needs a confirmation. */
  changeEmail(email: string): Promise<Result<void>> {
    return this.#call('PUT', '/users/me/email', { email });
  }

  /** Has the mail sent again that verifies the person's address. */
  sendVerification(): Promise<Result<void>> {
    return this.#call('POST', '/auth/email/verification');
  }

  sessions(): Promise<Result<LoginSessions>> {
    return this.#get('/auth/sessions');
  }

  endSession(id: string): Promise<Result<void>> {
    return this.#call('DELETE', `/auth/sessions/${id}`);
  }

  endOtherSessions(): Promise<Result<void>> {
    return this.#call('DELETE', '/auth/sessions');
  }

  /** What happened to the account in the last 90 days, newest first. */
  activity(): Promise<Result<Activity>> {
    return this.#get('/users/me/activity');
  }

  /**
   * Deletes the account and all its messages for good. All its sessions end; the server deletes the messages in the background. It needs
   * a confirmation.
   */
  deleteAccount(): Promise<Result<void>> {
    return this.#call('DELETE', '/users/me');
  }

  /** A page of all data that is stored about the person. `cursor` is the `nextCursor` of the page before. It needs a confirmation. */
  exportPage(cursor?: string): Promise<Result<Export>> {
    return this.#get('/users/me/export', { cursor });
  }

  settings(): Promise<Result<Settings>> {
    return this.#get('/users/me/settings');
  }

  updateSettings(change: UpdateSettings): Promise<Result<Settings>> {
    return this.#call('PATCH', '/users/me/settings', change);
  }

  pushKey(): Promise<Result<PushKey>> {
    return this.#get('/push/key');
  }

  /** Registers a push subscription for this login. The same endpoint can be registered again. */
  subscribePush(subscription: Subscribe): Promise<Result<Subscribed>> {
    return this.#call('POST', '/push/subscriptions', subscription);
  }

  unsubscribePush(id: string): Promise<Result<void>> {
    return this.#call('DELETE', `/push/subscriptions/${id}`);
  }

  blocks(): Promise<Result<Blocks>> {
    return this.#get('/users/me/blocks');
  }

  block(userId: string): Promise<Result<void>> {
    return this.#call('PUT', `/users/me/blocks/${userId}`);
  }

  unblock(userId: string): Promise<Result<void>> {
    return this.#call('DELETE', `/users/me/blocks/${userId}`);
  }

  invitations(): Promise<Result<Invitations>> {
    return this.#get('/invitations');
  }

  /** `chat.invitations` also keeps the lists of invitations and conversations up to date. So it does for declining. */
  acceptInvitation(conversationId: string): Promise<Result<Conversation>> {
    return this.#call('POST', `/invitations/${conversationId}`);
  }

  declineInvitation(conversationId: string, block = false): Promise<Result<void>> {
    return this.#call('DELETE', `/invitations/${conversationId}${block ? '?block=true' : ''}`);
  }

  /** Creates a conversation. If a direct conversation with the person exists, it is returned. */
  createConversation(details: CreateConversation): Promise<Result<Conversation>> {
    return this.#call('POST', '/conversations', details);
  }

  updateConversation(id: string, change: UpdateConversation): Promise<Result<Conversation>> {
    return this.#call('PATCH', `/conversations/${id}`, change);
  }

  /** A page of the members. `cursor` is the `nextCursor` of the page before. */
  members(id: string, cursor?: string): Promise<Result<Members>> {
    return this.#get(`/conversations/${id}/members`, { cursor });
  }

  addMembers(id: string, userIds: readonly string[]): Promise<Result<Conversation>> {
    return this.#call('POST', `/conversations/${id}/members`, { userIds });
  }

  /** Only the owner may change roles. Making another member the owner makes the present owner an admin. */
  setRole(id: string, userId: string, role: Role): Promise<Result<unknown>> {
    return this.#call('PATCH', `/conversations/${id}/members/${userId}`, { role });
  }

  setMuted(id: string, me: string, muted: boolean): Promise<Result<unknown>> {
    return this.#call('PATCH', `/conversations/${id}/members/${me}`, { muted });
  }

  /** Removes a member. With the person's own id they leave the group. */
  removeMember(id: string, userId: string): Promise<Result<void>> {
    return this.#call('DELETE', `/conversations/${id}/members/${userId}`);
  }

  receipts(id: string): Promise<Result<Receipts>> {
    return this.#get(`/conversations/${id}/receipts`);
  }

  /** A page of messages between two exclusive bounds: the newest ones, or the oldest ones if only `after` is given. */
  history(id: string, bounds: { before?: number; after?: number; limit?: number } = {}): Promise<Result<History>> {
    return this.#get(`/conversations/${id}/messages`, bounds);
  }

  /** The texts that a message had before its edits. */
  versions(id: string, seq: number): Promise<Result<Versions>> {
    return this.#get(`/conversations/${id}/messages/${seq}/versions`);
  }

  /** Requests the address for an upload. `chat.media.upload` does the whole upload. */
  requestUpload(file: RequestUpload): Promise<Result<Upload>> {
    return this.#call('POST', '/media/upload', file);
  }

  /** The status of a file, and its addresses, which are valid for `expiresIn` seconds. */
  media(id: string): Promise<Result<Media>> {
    return this.#get(`/media/${id}`);
  }

  /** Finds messages that have all these words, newest first, in one conversation or in all. */
  search(q: string, within: { conversationId?: string; cursor?: string } = {}): Promise<Result<Hits>> {
    return this.#get('/search', { q, ...within });
  }

  /** All changes since the given cursors, and the epochs that the cursors are of, both by conversation id. */
  sync(
    cursors: Readonly<Record<string, number>>,
    epochs: Readonly<Record<string, string>> = {},
  ): Promise<Result<Sync>> {
    return this.#call('POST', '/sync', { cursors, epochs });
  }

  #get<T>(path: string, query: Query = {}): Promise<Result<T>> {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value));
    return this.#call('GET', parameters.size > 0 ? `${path}?${parameters}` : path);
  }

  #call<T>(method: HttpCall['method'], path: string, body?: unknown): Promise<Result<T>> {
    return this.#auth.call({ method, path, body });
  }
}
