import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Answers, News, Order, OrderName, Orders, Second } from './orders.ts';

/** A process with clients. */
export interface Host {
  readonly historyFile: string;
  ask<N extends OrderName>(name: N, value: Orders[N]): Promise<Answers[N]>;
  stop(): Promise<void>;
  /** Ends it at once. */
  kill(): void;
}

export interface HostOptions {
  readonly name: string;
  readonly httpUrl: string;
  readonly wsUrl: string;
  readonly historyFile: string;
  readonly onSecond: (second: Second) => void;
}

export function startHost({ name, httpUrl, wsUrl, historyFile, onSecond }: HostOptions): Host {
  const child: ChildProcess = fork(new URL('clients.ts', import.meta.url), [name, httpUrl, wsUrl, historyFile]);
  const waiting = new Map<number, { resolve: (ok: never) => void; reject: (error: Error) => void }>();
  let number = 0;
  child.on('message', (news: News) => {
    if ('second' in news) return onSecond(news.second);
    const one = waiting.get(news.number);
    waiting.delete(news.number);
    if ('ok' in news) one?.resolve(news.ok as never);
    else one?.reject(new Error(`${name}: ${news.error}`));
  });
  child.once('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`${name} has ended with ${code}`));
  });

  function ask<N extends OrderName>(order: N, value: Orders[N]): Promise<Answers[N]> {
    number += 1;
    return new Promise((resolve, reject) => {
      waiting.set(number, { resolve, reject });
      child.send({ name: order, number, value } as Order);
    });
  }

  return {
    historyFile,
    ask,
    async stop() {
      if (child.exitCode !== null) return;
      const exited = once(child, 'exit');
      await ask('stop', {});
      child.disconnect();
      await exited;
    },
    kill() {
      child.kill('SIGKILL');
    },
  };
}
