/** Sockets that only listen, in a process of their own: `fork(…, [wsUrl])`. It is sent `Order`s, and answers with `News`. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import * as z from 'zod/mini';
import { bearerPrefix, EventsFrame, subprotocol } from '#protocol/frames.ts';

/** Opens a socket for each token, or starts to count anew and tells of each of so many messages that come from then on. */
export type Order = { readonly open: readonly string[] } | 'count';

export type News =
  | { readonly opened: number }
  /** The last of all sockets has got the message, at a time in ms since 1970; with the frames counted by then. */
  | { readonly seq: number; readonly at: number; readonly frames: number };

const Orders = z.union([z.object({ open: z.array(z.string()) }), z.literal('count')]);

/** Sockets that are opened at once. */
const atOnce = 32;
const [wsUrl = ''] = process.argv.slice(2);
const tell = (news: News) => process.send?.(news);

let sockets = 0;
let frames = 0;
/** The sockets that have got a message, by its `seq`: one that gets it again doesn't count again. */
const holders = new Map<number, Set<number>>();
/** The frame that came last: most of them come once for every socket. */
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
