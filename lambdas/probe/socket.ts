import * as z from 'zod/mini';
import { bearerPrefix, subprotocol } from '#protocol/frames.ts';

/** A socket of the probe, as a client has it. Frames that came before somebody asked for them are kept. */
export interface ProbeSocket {
  send(frame: object): void;
  /** The first frame in which `find` finds something. Rejects if the socket closes, or the time is up. */
  first<T>(find: (frame: unknown) => T | undefined): Promise<T>;
  /** Closes the socket. Resolves when the server has agreed, so that Lambda doesn't freeze a half-closed one. */
  close(): Promise<void>;
}

const Text = z.object({ data: z.string() });

/** Opens a socket. Rejects if it is refused, or isn't open before `signal` says that the time is up. */
export async function openSocket(url: string, token: string, signal: AbortSignal): Promise<ProbeSocket> {
  const socket = new WebSocket(url, [subprotocol, `${bearerPrefix}${token}`]);
  const frames: unknown[] = [];
  const waiting = new Set<() => void>();
  let failure: Error | undefined;
  const wake = () => {
    for (const look of [...waiting]) look();
  };
  const fail = (reason: string) => {
    failure ??= new Error(reason);
    wake();
  };
  socket.addEventListener('message', (event) => {
    frames.push(JSON.parse(Text.parse(event).data));
    wake();
  });
  socket.addEventListener('open', wake);
  socket.addEventListener('close', ({ code }) => fail(`The socket was closed with ${code}`));
  socket.addEventListener('error', () => fail('The socket was refused'));
  signal.addEventListener('abort', () => fail('The time is up'));

  /** Looks now and whenever something has happened. */
  const until = <T>(look: () => T | undefined) =>
    new Promise<T>((resolve, reject) => {
      const again = () => {
        const found = look();
        if (found === undefined && !failure) return;
        waiting.delete(again);
        if (found === undefined) reject(failure);
        else resolve(found);
      };
      waiting.add(again);
      again();
    });

  await until(() => socket.readyState === WebSocket.OPEN || undefined);
  return {
    send: (frame) => socket.send(JSON.stringify(frame)),
    first: (find) =>
      until(() => {
        for (const frame of frames) {
          const found = find(frame);
          if (found !== undefined) return found;
        }
        return undefined;
      }),
    async close() {
      socket.close(1000);
      await until(() => socket.readyState === WebSocket.CLOSED || undefined).catch(() => undefined);
    },
  };
}
