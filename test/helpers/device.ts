import { v7 } from 'uuid';
import type { TestSocket } from '#local/test/helpers/websocket-client.ts';
import type { Event } from '#protocol/events.ts';
import { EventsFrame, ReplyFrame } from '#protocol/frames.ts';
import type { ReceiptReport } from '#protocol/receipts.ts';
import { checkPush, checkReply, checkUnanswered } from './contract.ts';

/** One socket of a user. It sorts what it receives, and checks all of it against the contract. */
export class Device {
  readonly socket: TestSocket;
  readonly events: Event[] = [];
  readonly #replies = new Map<string, (reply: ReplyFrame) => void>();
  #arrived: () => void = () => undefined;

  constructor(socket: TestSocket) {
    this.socket = socket;
    socket.webSocket.on('message', (data) => this.#take(JSON.parse(data.toString())));
  }

  #take(frame: unknown): void {
    const events = EventsFrame.safeParse(frame);
    if (events.success) {
      checkPush(frame);
      this.events.push(...events.data.events);
    }
    const reply = ReplyFrame.safeParse(frame);
    if (reply.success) this.#replies.get(String(reply.data.re))?.(reply.data);
    this.#arrived();
  }

  /** Sends a frame and waits for its reply. An object without an id gets one; a text is sent as it is. */
  async ask(frame: Record<string, unknown> | string): Promise<ReplyFrame> {
    const request = typeof frame === 'string' ? frame : { id: v7(), ...frame };
    const id = typeof request === 'string' ? '' : String(request.id);
    const reply = await new Promise<ReplyFrame>((resolve) => {
      this.#replies.set(id, resolve);
      this.socket.send(request);
    });
    checkReply(request, reply);
    return reply;
  }

  /** Reports receipts of several conversations. There is a reply only after a failure: `ask` waits for it. */
  report(receipts: readonly ReceiptReport[]): void {
    const frame = { action: 'receipts', id: v7(), receipts };
    checkUnanswered(frame);
    this.socket.send(frame);
  }

  /** Resolves when what was received so far fulfils a condition. */
  async until(fits: (events: readonly Event[]) => boolean): Promise<void> {
    while (!fits(this.events)) {
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }

  get messages(): string[] {
    return this.events.flatMap((event) => (event.type === 'message' ? event.message.text : []));
  }
}
