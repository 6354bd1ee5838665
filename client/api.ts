import type { User, Users } from '../protocol/accounts.ts';
import type { Conversation, CreateConversation } from '../protocol/conversations.ts';
import type { Sync } from '../protocol/events.ts';
import type { History } from '../protocol/messages.ts';
import type { Auth } from './auth.ts';
import type { Result } from './failures.ts';

/** The HTTP API for whoever is signed in. */
export class Api {
  readonly #auth: Auth;

  constructor(auth: Auth) {
    this.#auth = auth;
  }

  user(id: string): Promise<Result<User>> {
    return this.#auth.call({ method: 'GET', path: `/users/${id}` });
  }

  /** People whose username begins like this. */
  findUsers(username: string, limit = 20): Promise<Result<Users>> {
    return this.#auth.call({
      method: 'GET',
      path: `/users?${new URLSearchParams({ username, limit: String(limit) })}`,
    });
  }

  /** A direct conversation that exists already is answered as it is. */
  createConversation(details: CreateConversation): Promise<Result<Conversation>> {
    return this.#auth.call({ method: 'POST', path: '/conversations', body: details });
  }

  /** A page of messages: those before a `seq`, or the newest. */
  history(conversationId: string, before?: number): Promise<Result<History>> {
    const query = before === undefined ? '' : `?before=${before}`;
    return this.#auth.call({ method: 'GET', path: `/conversations/${conversationId}/messages${query}` });
  }

  /** What changed since each cursor. */
  sync(cursors: Readonly<Record<string, number>>): Promise<Result<Sync>> {
    return this.#auth.call({ method: 'POST', path: '/sync', body: { cursors } });
  }
}
