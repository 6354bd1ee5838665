import { execFile } from 'node:child_process';
import { once } from 'node:events';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { v7 } from 'uuid';
import { WebSocket } from 'ws';
import * as z from 'zod/mini';

/** Writes the cloud assembly of the baseline into a folder. It runs on `withProcess` of `bench/stack.ts`, or on any local stack. */
export async function synthesizeBaseline(assemblyDir: string): Promise<void> {
  const env = { ...process.env, CDK_OUTDIR: assemblyDir };
  await promisify(execFile)(process.execPath, [path.join(import.meta.dirname, 'app.ts')], { env });
}

/** The outputs of the stack, as the local stack returns them. */
export const BaselineOutputs = z.object({ Baseline: z.object({ WsUrl: z.string() }) });

const Answer = z.union([z.object({ re: z.string() }), z.object({ id: z.string(), text: z.string() })]);

export type Talker = Awaited<ReturnType<typeof talk>>;

/** Opens a socket in a room of the baseline. Everybody who connects may do so: the pattern has neither accounts nor members. */
export async function talk(wsUrl: string, room: string) {
  const acks = new Map<string, () => void>();
  const socket = new WebSocket(`${wsUrl}?room=${encodeURIComponent(room)}`, { perMessageDeflate: false });
  const talker = {
    /** Called for each message of somebody else. */
    onMessage: (_: { readonly id: string; readonly text: string }): void => {},

    /** Sends a message, and resolves when it was stored and posted. */
    async send(text: string): Promise<void> {
      const id = v7();
      const acked = new Promise<void>((resolve) => acks.set(id, resolve));
      socket.send(JSON.stringify({ action: 'send', id, room, text }));
      await acked;
      acks.delete(id);
    },

    async close(): Promise<void> {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
  socket.on('message', (data) => {
    const answer = Answer.parse(JSON.parse(data.toString()));
    if ('re' in answer) acks.get(answer.re)?.();
    else talker.onMessage(answer);
  });
  await once(socket, 'open');
  return talker;
}
