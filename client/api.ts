import type { UpdateUser, User, Users } from 'storm-chat-protocol/accounts';
import type {
  Conversation,
  CreateConversation,
  Members,
  Role,
  UpdateConversation,
} from 'storm-chat-protocol/conversations';
import type { Sync } from 'storm-chat-protocol/events';
import type { Export } from 'storm-chat-protocol/export';
import type { Media, RequestUpload, Upload } from 'storm-chat-protocol/media';
import type { History, Versions } from 'storm-chat-protocol/messages';
import type { Blocks, Settings, UpdateSettings } from 'storm-chat-protocol/people';
import type { PushKey, Subscribe, Subscribed } from 'storm-chat-protocol/push';
import type { Receipts } from 'storm-chat-protocol/receipts';
import type { Hits } from 'storm-chat-protocol/search';
import type { Auth } from './auth.ts';
import type { Result } from './failures.ts';
import type { HttpCall } from './http.ts';

type Query = Readonly<Record<string, string | number | undefined>>;

/** The HTTP API for whoever is signed in. */
export class Api {
  readonly #auth: Auth;

  constructor(auth: Auth) {
    this.#auth = auth;
  }

  user(id: string): Promise<Result<User>> {
    return this.#get(`/users/${id}`);
  }

  /** People whose username begins like this. */
  findUsers(username: string, limit = 20): Promise<Result<Users>> {
    return this.#get('/users', { username, limit });
  }

  /** One's own profile. */
  updateUser(me: string, change: UpdateUser): Promise<Result<User>> {
    return this.#call('PUT', `/users/${me}`, change);
  }

  /** For good, with all that one has said: the server ends every session, and goes on deleting by itself. */
  deleteAccount(): Promise<Result<void>> {
    return this.#call('DELETE', '/users/me');
  }

  /** A page of what is kept about one; `cursor` is the `nextCursor` of the page before. */
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

  /** For this login; the same endpoint may be given again. */
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

  /** A direct conversation that exists already is answered as it is. */
  createConversation(details: CreateConversation): Promise<Result<Conversation>> {
    return this.#call('POST', '/conversations', details);
  }

  updateConversation(id: string, change: UpdateConversation): Promise<Result<Conversation>> {
    return this.#call('PATCH', `/conversations/${id}`, change);
  }

  /** A page of all members; `cursor` is the `nextCursor` of the page before. */
  members(id: string, cursor?: string): Promise<Result<Members>> {
    return this.#get(`/conversations/${id}/members`, { cursor });
  }

  addMembers(id: string, userIds: readonly string[]): Promise<Result<Conversation>> {
    return this.#call('POST', `/conversations/${id}/members`, { userIds });
  }

  /** The owner's to do; making somebody else the owner hands the group over. */
  setRole(id: string, userId: string, role: Role): Promise<Result<unknown>> {
    return this.#call('PATCH', `/conversations/${id}/members/${userId}`, { role });
  }

  setMuted(id: string, me: string, muted: boolean): Promise<Result<unknown>> {
    return this.#call('PATCH', `/conversations/${id}/members/${me}`, { muted });
  }

  /** Removes somebody, or leaves, where it is oneself. */
  removeMember(id: string, userId: string): Promise<Result<void>> {
    return this.#call('DELETE', `/conversations/${id}/members/${userId}`);
  }

  receipts(id: string): Promise<Result<Receipts>> {
    return this.#get(`/conversations/${id}/receipts`);
  }

  /** A page of messages between two exclusive bounds: the newest, or the oldest where only `after` is given. */
  history(id: string, bounds: { before?: number; after?: number; limit?: number } = {}): Promise<Result<History>> {
    return this.#get(`/conversations/${id}/messages`, bounds);
  }

  /** What a message said before its edits. */
  versions(id: string, seq: number): Promise<Result<Versions>> {
    return this.#get(`/conversations/${id}/messages/${seq}/versions`);
  }

  /** Leave to upload a file; `chat.media` does all of it. */
  requestUpload(file: RequestUpload): Promise<Result<Upload>> {
    return this.#call('POST', '/media/upload', file);
  }

  /** What became of a file, and where it is for as long as `expiresIn` says. */
  media(id: string): Promise<Result<Media>> {
    return this.#get(`/media/${id}`);
  }

  /** Messages with all these words, newest first; in one conversation or in all. */
  search(q: string, within: { conversationId?: string; cursor?: string } = {}): Promise<Result<Hits>> {
    return this.#get('/search', { q, ...within });
  }

  /** What changed since each cursor. */
  sync(cursors: Readonly<Record<string, number>>): Promise<Result<Sync>> {
    return this.#call('POST', '/sync', { cursors });
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
