import { Auth, Chat, type ConversationState } from '#client/index.ts';
import { memoryStore } from '#client/outbox.ts';
import type { Attachment } from '#protocol/media.ts';
import { mailOf } from '#test/helpers/target.ts';
import { password } from '#test/helpers/visitor.ts';
import { must, type Target, until as within } from '#test/smoke/person.ts';

/** A busy machine may take its time. */
const until = (what: string, isSo: () => boolean) => within(what, isSo, 180_000);

/** Somebody who talks by the SDK alone, without a page. */
export class Friend {
  readonly id: string;
  readonly chat: Chat;

  /** Registers somebody, with a picture if there is one, and connects. */
  static async arrive(
    { httpUrl, wsUrl }: Target,
    displayName: string,
    username: string,
    picture?: Buffer,
  ): Promise<Friend> {
    const auth = new Auth({ httpUrl });
    const person = { username, displayName, email: mailOf(username), password };
    const { id } = must(`registering ${username}`, await auth.register(person));
    const chat = new Chat({ auth, wsUrl, store: memoryStore() });
    await chat.open();
    await until(`${username} is connected`, () => chat.connection === 'online');
    if (picture) {
      const { id: avatarMediaId } = must('a picture', await chat.media.uploadAvatar(jpeg(picture)));
      must('an avatar', await chat.api.updateUser(id, { avatarMediaId }));
    }
    return new Friend(id, chat);
  }

  private constructor(id: string, chat: Chat) {
    this.id = id;
    this.chat = chat;
  }

  /** Creates a conversation. With a name it is a group. */
  async begin(others: readonly Friend[], name?: string): Promise<string> {
    const memberIds = others.map(({ id }) => id);
    const details =
      name === undefined ? ({ type: 'direct', memberIds } as const) : ({ type: 'group', name, memberIds } as const);
    const { id } = must('a conversation', await this.chat.createConversation(details));
    for (const one of [this, ...others]) await until('everybody has the conversation', () => one.in(id) !== undefined);
    return id;
  }

  in(conversationId: string): ConversationState | undefined {
    return this.chat.conversations.get(conversationId);
  }

  /** Says something, and waits until the server has it. */
  async say(
    conversationId: string,
    text: string,
    extras: { replyTo?: number; pictures?: readonly Buffer[] } = {},
  ): Promise<number> {
    const media: Attachment[] = [];
    for (const picture of extras.pictures ?? [])
      media.push(must('a picture', await this.chat.media.upload(conversationId, jpeg(picture))));
    const { replyTo } = extras;
    await this.chat.send(conversationId, text, {
      ...(media.length > 0 && { media }),
      ...(replyTo !== undefined && { replyTo }),
    });
    const last = () => this.in(conversationId)?.lastMessage;
    await until(`“${text}” is sent`, () => {
      for (const { failure } of this.chat.outbox.entries) if (failure) throw new Error(failure.message);
      return last()?.text === text && last()?.senderId === this.id;
    });
    return last()?.seq ?? 0;
  }

  /** Gives a group a picture. */
  async paint(conversationId: string, picture: Buffer): Promise<void> {
    const { id: avatarMediaId } = must('a picture', await this.chat.media.uploadAvatar(jpeg(picture)));
    must('an avatar', await this.chat.api.updateConversation(conversationId, { avatarMediaId }));
  }

  async react(conversationId: string, seq: number, emoji: string): Promise<void> {
    must('a reaction', await this.chat.react(conversationId, seq, emoji));
  }

  async read(conversationId: string, seq: number): Promise<void> {
    await until('it has come', () => (this.in(conversationId)?.lastMessage?.seq ?? 0) >= seq);
    this.chat.markRead(conversationId);
  }
}

const jpeg = (bytes: Buffer) => new Blob([Uint8Array.from(bytes)], { type: 'image/jpeg' });
