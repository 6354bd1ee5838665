import type { Conversation } from 'storm-chat-protocol/conversations';
import type { Invitation } from 'storm-chat-protocol/invitations';
import type { Api } from './api.ts';
import type { Result } from './failures.ts';

export interface InvitationsOptions {
  readonly api: Api;
  readonly onChange: () => void;
  /** Called with a conversation that the person has joined. */
  readonly onAccepted: (conversation: Conversation) => void;
}

/** The groups to which the signed-in person is invited. */
export class Invitations {
  readonly #options: InvitationsOptions;
  #all: readonly Invitation[] = [];
  #loading = false;
  #stale = false;

  constructor(options: InvitationsOptions) {
    this.#options = options;
  }

  /** All of them, the newest first. */
  get all(): readonly Invitation[] {
    return this.#all;
  }

  /** Fetches them: with each new connection, and when the server says that they have changed. */
  async load(): Promise<void> {
    this.#stale = true;
    if (this.#loading) return;
    this.#loading = true;
    while (this.#stale) {
      this.#stale = false;
      const result = await this.#options.api.invitations();
      // After a failure the next connection fetches them again.
      if ('ok' in result) this.#set(result.ok.invitations);
    }
    this.#loading = false;
  }

  /** Joins the group. An invitation that is `not_found` has lapsed, and leaves the list. */
  async accept(conversationId: string): Promise<Result<Conversation>> {
    const result = await this.#options.api.acceptInvitation(conversationId);
    if ('ok' in result) this.#options.onAccepted(result.ok);
    if ('ok' in result || result.error.code === 'not_found') this.#remove(conversationId);
    return result;
  }

  /** Declines the invitation. With `block`, the one who made it is blocked, too. */
  async decline(conversationId: string, options: { readonly block?: boolean } = {}): Promise<Result<void>> {
    const result = await this.#options.api.declineInvitation(conversationId, options.block);
    if (!('error' in result)) this.#remove(conversationId);
    return result;
  }

  #remove(conversationId: string): void {
    this.#set(this.#all.filter((one) => one.conversationId !== conversationId));
    // An answer that is under way may still have it.
    if (this.#loading) this.#stale = true;
  }

  #set(all: readonly Invitation[]): void {
    this.#all = all;
    this.#options.onChange();
  }
}
