import { v7 } from 'uuid';
import * as z from 'zod/mini';
import type { CreateGroup } from '#protocol/conversations.ts';
import { Conversation } from '#protocol/conversations.ts';
import { MessageEvent, Sync, type SyncRequest } from '#protocol/events.ts';
import { Sent } from '#protocol/frames.ts';
import { openSocket } from './socket.ts';

/** Where the service is, and who asks. */
export interface Client {
  /** Of the HTTP API, without a `/` at its end. */
  readonly httpUrl: string;
  readonly socketUrl: string;
  readonly token: string;
}

/** The name of the group in which the probe is alone. */
const groupName = 'probe';
const Reply = z.object({ re: z.string(), ok: z.optional(Sent), error: z.optional(z.object({ code: z.string() })) });
const Push = z.object({ events: z.array(z.unknown()) });

/** Finds the group of the caller, or makes it. Throws if one of the calls fails. */
export async function ownGroup(client: Client, signal: AbortSignal): Promise<string> {
  const { added } = await sync(client, { cursors: {} }, signal);
  const found = added.find(({ type, name }) => type === 'group' && name === groupName);
  if (found) return found.id;
  const group = { type: 'group', name: groupName, memberIds: [] } satisfies z.input<typeof CreateGroup>;
  return Conversation.parse(await post(client, '/conversations', group, signal)).id;
}

/**
 * Does what people do: opens two sockets, sends a message by one of them, receives it by the other one, and catches up. Returns the
 * number of the message. Throws with what didn't work, or at what it was when the time was up.
 */
export async function talk(client: Client, conversationId: string, signal: AbortSignal): Promise<number> {
  const id = v7();
  const open = () => openSocket(client.socketUrl, client.token, signal);
  const opened = await Promise.allSettled([open(), open()]);
  const [sender, receiver] = opened.map((one) => (one.status === 'fulfilled' ? one.value : undefined));
  try {
    if (!sender || !receiver) throw failed('opening a socket', opened.find((one) => one.status === 'rejected')?.reason);
    sender.send({ action: 'message', id, conversationId, text: 'probe' });
    const acked = sender.first((frame) => {
      const { success, data } = Reply.safeParse(frame);
      return success && data.re === id ? data : undefined;
    });
    const { ok, error } = await step(`the answer to message ${id}`, acked);
    if (!ok) throw failed(`the answer to message ${id}`, error?.code);
    const received = receiver.first((frame) => {
      const { success, data } = Push.safeParse(frame);
      return success ? data.events.map(seqOf).find((seq) => seq !== undefined) : undefined;
    });
    const seq = await step(`receiving message ${id}`, received);
    if (seq !== ok.seq) throw failed(`receiving message ${id}`, `it is ${seq} for one and ${ok.seq} for the other`);
    const caughtUp = await step('catching up', sync(client, { cursors: { [conversationId]: seq - 1 } }, signal));
    if (!caughtUp.conversations.some(({ events }) => events.some((event) => seqOf(event) === seq)))
      throw failed('catching up', `message ${id} is missing`);
    return seq;
  } finally {
    await Promise.all([sender?.close(), receiver?.close()]);
  }

  /** The number of the message, if an event is about it. */
  function seqOf(event: unknown): number | undefined {
    const { success, data } = MessageEvent.safeParse(event);
    return success && data.message.clientId === id ? data.seq : undefined;
  }
}

async function sync(client: Client, request: SyncRequest, signal: AbortSignal): Promise<Sync> {
  return Sync.parse(await post(client, '/sync', request, signal));
}

async function post({ httpUrl, token }: Client, path: string, body: object, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(`${httpUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
    signal,
  });
  if (!response.ok) throw failed(path, response.status);
  return response.json();
}

async function step<T>(name: string, running: Promise<T>): Promise<T> {
  try {
    return await running;
  } catch (error) {
    throw failed(name, error);
  }
}

function failed(what: string, why: unknown): Error {
  return new Error(`The probe failed at ${what}: ${why instanceof Error ? why.message : why}`);
}
