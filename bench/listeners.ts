/** A process with sockets that only receive: `fork(…, [wsUrl])`. Its parent sends it `Order`s, and it answers with `News`. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import * as z from 'zod/mini';
import { bearerPrefix, EventsFrame, subprotocol } from '#protocol/frames.ts';

/** `open` opens a socket for each token. `count` resets the count of frames and messages. */
export type Order = { readonly open: readonly string[] } | 'count';

export type News =
  | { readonly opened: number }
  /** The last socket has received the message `seq`. `at` is the time in ms since 1970, and `frames` the number of frames by then. */
  | { readonly seq: number; readonly at: number; readonly frames: number };

const Orders = z.union([z.object({ open: z.array(z.string()) }), z.literal('count')]);

/** How many sockets are opened at the same time. */
const atOnce = 32;
const [wsUrl = ''] = process.argv.slice(2);
const tell = (news: News) => process.send?.(news);

let sockets = 0;
let frames = 0;
/** The sockets that have received a message, by its `seq`. It is a set, because a socket may receive a message twice. */
const holders = new Map<number, Set<number>>();
/** The last frame, so that it is parsed once: most frames arrive once for each socket. */
let last: { readonly data: Buffer; readonly seqs: readonly number[] } = { data: Buffer.alloc(0), seqs: [] };

function seqsIn(data: Buffer): readonly number[] {
  if (!data.equals(last.data)) {
    const { events } = EventsFrame.parse(JSON.parse(data.toString()));
    last = { data, seqs: events.flatMap((event) => (event.type === 'message' ? [event.seq] : [])) };
  }
  return last.seqs;
}

function receive(socket: number, data: Buffer): void {
  frames++;
  for (const seq of seqsIn(data)) {
    const having = holders.get(seq) ?? new Set();
    holders.set(seq, having.add(socket));
    if (having.size < sockets) continue;
    holders.delete(seq);
    tell({ seq, at: Date.now(), frames });
  }
}

async function open(token: string): Promise<void> {
  const options = { perMessageDeflate: false, skipUTF8Validation: true };
  const socket = new WebSocket(wsUrl, [subprotocol, bearerPrefix + token], options);
  const number = sockets++;
  socket.on('message', (data: Buffer) => receive(number, data));
  socket.on('close', (code) => {
    throw new Error(`A socket was closed: ${code}`);
  });
  await once(socket, 'open');
}

async function openAll(tokens: readonly string[]): Promise<void> {
  const left = tokens.values();
  const work = async () => {
    for (const token of left) await open(token);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  tell({ opened: tokens.length });
}

process.on('message', (message) => {
  const order = Orders.parse(message);
  if (order !== 'count') return void openAll(order.open);
  frames = 0;
  holders.clear();
});
process.once('disconnect', () => process.exit());
