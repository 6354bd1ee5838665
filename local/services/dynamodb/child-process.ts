import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Starts a program that ends with this process, even if this one is killed with `kill -9`: a shell beside it reads from a pipe that the
 * system closes with this process, and then kills the program. Both run in a session of their own, so that Ctrl-C in the terminal
 * reaches only this process, which stops them in its own order.
 */
export function startChild(command: string, args: readonly string[]): ChildProcess {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, windowsHide: true });
  if (child.pid !== undefined && process.platform !== 'win32') {
    const watchdog = spawn('/bin/sh', ['-c', 'read -r _; kill -9 "$1"', 'watchdog', String(child.pid)], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    child.once('exit', () => watchdog.kill());
  }
  return child;
}

export function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

/** Ends a child and waits until it has exited. A child that ignores SIGTERM is killed after two seconds. */
export async function endChild(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (!isRunning(child)) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  const impatience = setTimeout(() => child.kill('SIGKILL'), 2_000);
  await gone;
  clearTimeout(impatience);
}
