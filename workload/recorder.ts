import type { Told, Written } from '#checker/history.ts';
import type { Chat, Platform } from '#client/index.ts';
import { nodePlatform } from '#client/node-platform.ts';
import type { Message } from '#protocol/messages.ts';
import { recordingFetch } from './recording-fetch.ts';
import { recordingSocket } from './recording-socket.ts';

export interface RecorderOptions {
  /** Names the clock: one recorder per process of a machine, and no two of a run alike. */
  readonly name: string;
  /** Takes a line, without its end. */
  readonly write: (line: string) => void;
  /** In ns, and never set back. By default the monotonic clock of this process. */
  readonly now?: () => number;
}

/** An operation without what the recorder adds. */
export type Asking = OmitStamp<Extract<Written, { type: 'invoke' }>>;
/** Writes how an operation ended. Must be called at most once. */
export type Complete = (
  end: { readonly ok: unknown; readonly conversation?: string } | { readonly fail: string } | { readonly info: string },
) => void;
type OmitStamp<T> = T extends unknown ? Omit<T, 'time' | 'process' | 'user' | 'op' | 'type'> : never;

/**
 * Writes the history (`checker/history.ts`) of the clients in this process. It listens on the wire, below the client SDK: every
 * attempt is an operation, so a message that the SDK repeats is recorded as often as it was sent. It never writes texts or tokens.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #now: () => number;
  #ended = false;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => Math.round(performance.now() * 1e6));
    options.write(JSON.stringify({ history: 1, recorder: options.name }));
  }

  /** A client's device, whose name no other of the run has. Its `platform` is for `new Auth({ …, platform })`. */
  device(name: string, base: Platform = nodePlatform): RecordedDevice {
    return new RecordedDevice(this, name, base);
  }

  /** Must be called when no client of the run, of any recorder, changes anything any more, and what was under way has arrived. */
  quiet(): void {
    this.write({ type: 'ok', f: 'quiet', process: this.#options.name, user: '', value: {} });
  }

  /** Nothing is written after this, whatever the clients still hear. */
  end(): void {
    this.#ended = true;
  }

  write(event: Record<string, unknown>): void {
    if (!this.#ended) this.#options.write(JSON.stringify({ time: this.#now(), ...event }));
  }
}

export class RecordedDevice {
  /** Like the platform below it, and writes down what passes. It also works for a program without the SDK. */
  readonly platform: Platform;
  readonly #recorder: Recorder;
  readonly #name: string;
  #user = '';
  #chats = 0;
  #process: string;
  #ops = 0;
  /** The open sockets of each process. */
  readonly #sockets = new Map<string, number>();

  constructor(recorder: Recorder, name: string, base: Platform) {
    this.#recorder = recorder;
    this.#name = name;
    this.#process = name;
    this.platform = {
      ...base,
      fetch: recordingFetch(this, base.fetch),
      openSocket: (url, protocols) => recordingSocket(this, () => base.openSocket(url, protocols)),
    };
  }

  /** Whose device it is. It learns that from the answer to the login. */
  get user(): string {
    return this.#user;
  }

  signedIn(user: string): void {
    this.#user = user;
  }

  /** Must be called for each new `Chat` of the device, before it is opened. What the device knew before is gone with the last one. */
  watch(chat: Chat): void {
    const show = this.log();
    chat.on('message', ({ conversationId, message }) => show(conversationId, message));
  }

  /** The same for a client without the SDK: returns what it must call for each new message that its log shows. */
  log(): (conversation: string, message: Pick<Message, 'seq' | 'clientId'>) => void {
    this.#chats += 1;
    this.#process = this.#chats === 1 ? this.#name : `${this.#name}/${this.#chats}`;
    const process = this.#process;
    return (conversation, { seq, clientId: id }) =>
      this.#write({ type: 'ok', f: 'show', process, conversation, value: { seq, id } satisfies Told['show'] });
  }

  /** Writes that something is asked, and returns what writes its end. */
  ask({ f, conversation, value }: Asking): Complete {
    this.#ops += 1;
    const operation = { f, process: this.#process, op: this.#ops };
    this.#write({ ...operation, type: 'invoke', ...(conversation !== undefined && { conversation }), value });
    return (end) => {
      if ('ok' in end) {
        const known = end.conversation ?? conversation;
        this.#write({ ...operation, type: 'ok', ...(known !== undefined && { conversation: known }), value: end.ok });
        return;
      }
      const [type, code] = 'fail' in end ? ['fail', end.fail] : ['info', end.info];
      this.#write({ ...operation, type, ...(conversation !== undefined && { conversation }), value: { code } });
    };
  }

  receive(conversation: string, value: Told['receive']): void {
    this.#write({ type: 'ok', f: 'receive', process: this.#process, conversation, value });
  }

  /** Returns what must be called when the socket is closed. */
  socketOpened(): () => void {
    const process = this.#process;
    this.#sockets.set(process, (this.#sockets.get(process) ?? 0) + 1);
    return () => {
      const left = (this.#sockets.get(process) ?? 0) - 1;
      this.#sockets.set(process, left);
      if (left === 0) this.#write({ type: 'ok', f: 'disconnect', process, value: {} });
    };
  }

  #write(event: Record<string, unknown>): void {
    this.#recorder.write({ user: this.#user, ...event });
  }
}
