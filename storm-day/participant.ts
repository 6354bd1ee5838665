import { randomBytes } from 'node:crypto';
import { type Api, Auth, type Platform } from '#client/index.ts';
import { patiently } from '#loadtest/users.ts';
import type { Recorder } from '#workload/recorder.ts';
import type { Meter } from './meter.ts';

/** Where clients connect to, and what writes down and times what they do. */
export interface Place {
  readonly httpUrl: string;
  readonly wsUrl: string;
  readonly recorder: Recorder;
  readonly meter: Meter;
}

/** A client of the day. What goes over its network is recorded. */
export interface Participant {
  readonly id: string;
  readonly api: Api;
  readonly isConnected: boolean;
  /** Whether it is connected, and has caught up since. */
  readonly isOnline: boolean;
  /** Messages without an answer. */
  readonly unanswered: number;
  /** The newest change that it has of each of its conversations. */
  cursors(): readonly (readonly [conversationId: string, seq: number])[];
  open(): Promise<void>;
  /** Asks for what it has missed. */
  catchUp(): void;
  /** Ends the socket as a lost network does. */
  loseSocket(): void;
  close(): void;
}

/** Registers an account under a name that nobody has. */
export async function register(name: string, httpUrl: string, platform: Platform): Promise<Auth> {
  const auth = new Auth({ httpUrl, platform });
  // An attempt whose answer is lost may have taken the name.
  await patiently(`registering ${name}`, () => {
    const username = `${name}-${randomBytes(4).toString('hex')}`;
    return auth.register({ username, email: `${username}@example.com`, password: randomBytes(12).toString('hex') });
  });
  return auth;
}

/** Reads a conversation to its beginning, and repeats what fails for a while. */
export async function readAll(api: Api, conversationId: string): Promise<void> {
  for (let before: number | undefined; ; ) {
    const bounds = { limit: 100, ...(before !== undefined && { before }) };
    const { messages, hasMore } = await patiently('reading a history', () => api.history(conversationId, bounds));
    before = messages[0]?.seq;
    if (!hasMore || before === undefined) return;
  }
}
