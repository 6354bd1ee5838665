import type { Socket } from '#client/index.ts';
import type { Event } from '#protocol/events.ts';
import type { Frame, ReplyFrame } from '#protocol/frames.ts';
import type { Asking, Complete, RecordedDevice } from './recorder.ts';
import { bodyOf, changeOf } from './wire.ts';

/** Opens a socket, and writes down what goes over it. */
export function recordingSocket(device: RecordedDevice, open: () => Socket): Socket {
  const connected = device.ask({ f: 'connect', value: {} });
  const socket = open();
  const underWay = new Map<string, UnderWay>();
  let closed = () => connected({ info: 'closed' });

  socket.addEventListener('open', () => {
    connected({ ok: {} });
    closed = device.socketOpened();
  });
  // What is still waiting when the socket closes stays open in the history for ever: nobody knows what became of it.
  socket.addEventListener('close', () => closed());
  socket.addEventListener('message', ({ data }) => {
    const frame: { events?: Event[] } & Partial<ReplyFrame> = parsed(data);
    for (const event of frame.events ?? []) if (isChange(event)) device.receive(event.conversationId, changeOf(event));
    const { re } = frame;
    if (typeof re !== 'string') return;
    const frames = underWay.get(re);
    if (frames && answer(frames, { ...frame, re }) === 'all answered') underWay.delete(re);
  });

  return {
    addEventListener: socket.addEventListener.bind(socket),
    close: (code) => socket.close(code),
    send(data) {
      const frame: Frame = parsed(data);
      const asking = askedBy(frame);
      if (asking) {
        const frames = underWay.get(frame.id) ?? { waiting: [], uncertain: 0 };
        underWay.set(frame.id, frames);
        frames.waiting.push({ asking, complete: device.ask(asking) });
      }
      socket.send(data);
    },
  };
}

interface Waiting {
  readonly asking: Asking;
  readonly complete: Complete;
}

/** The frames of a socket that have one id and no reply yet. Of `uncertain` more, nobody can say which reply is theirs. */
interface UnderWay {
  waiting: Waiting[];
  uncertain: number;
}

/**
 * A reply doesn't say which of several frames with its id it answers. If all ask for the same, a success is that of the first: it
 * can't have begun earlier. Anything else says nothing that is certain, and they all stay open, with those that are sent before all of
 * them have a reply.
 */
function answer(frames: UnderWay, reply: ReplyFrame): 'all answered' | 'some open' {
  const [first, ...others] = frames.waiting;
  const isSame = others.every(({ asking }) => JSON.stringify(asking) === JSON.stringify(first?.asking));
  const isOfFirst = frames.uncertain === 0 && (others.length === 0 || (isSame && !reply.error));
  if (first && isOfFirst) {
    frames.waiting = others;
    first.complete(endOf(first.asking.f, reply));
  } else {
    frames.uncertain += frames.waiting.length - 1;
    frames.waiting = [];
  }
  return frames.waiting.length + frames.uncertain > 0 ? 'some open' : 'all answered';
}

function parsed(data: unknown): ReturnType<typeof JSON.parse> {
  try {
    return Object(JSON.parse(String(data)));
  } catch {
    return {};
  }
}

/** Events that change a conversation. The others, such as receipts, may come in any order, so they say nothing that could be judged. */
function isChange(event: Event): event is Extract<Event, { seq: number }> {
  return 'seq' in event;
}

/** The operation of a frame. Those that aren't judged (typing, visibility, heartbeats) are none. */
function askedBy(frame: Frame): Asking | undefined {
  switch (frame.action) {
    case 'message': {
      const { id, text, mediaIds, replyTo } = frame;
      const value = { id, body: bodyOf(text ?? '', mediaIds), ...(replyTo !== undefined && { replyTo }) };
      return { f: 'send', conversation: frame.conversationId, value };
    }
    case 'edit':
      return { f: 'edit', conversation: frame.conversationId, value: { target: frame.seq, body: bodyOf(frame.text) } };
    case 'delete':
      return { f: 'delete', conversation: frame.conversationId, value: { target: frame.seq } };
    case 'react': {
      const value = { target: frame.seq, emoji: frame.emoji, ...(frame.remove && { remove: frame.remove }) };
      return { f: 'react', conversation: frame.conversationId, value };
    }
    case 'receipt':
      return { f: frame.status, conversation: frame.conversationId, value: { seq: frame.seq } };
    case 'presence':
      return { f: 'presence', value: { users: frame.userIds } };
    default:
      return undefined;
  }
}

function endOf(f: Asking['f'], { ok, error }: ReplyFrame): Parameters<Complete>[0] {
  if (error) return mayHaveHappened(error.code) ? { info: error.code } : { fail: error.code };
  if (f === 'presence') {
    const users: { userId: string; online: boolean }[] = Object(ok).users ?? [];
    const those = (online: boolean) => users.filter((user) => user.online === online).map(({ userId }) => userId);
    return { ok: { online: those(true), offline: those(false) } };
  }
  const { seq } = Object(ok);
  return { ok: f === 'read' || f === 'delivered' ? {} : { seq } };
}

/** Whether the server may have done it all the same: something failed on the way. Every other code is a refusal. */
export function mayHaveHappened(code: string): boolean {
  return code === 'internal' || code === 'unavailable';
}
