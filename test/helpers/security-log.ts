import { vi } from 'vitest';
import * as z from 'zod/mini';
import type { SecurityEventName } from '#core/security/events.ts';

const Line = z.looseObject({ security: z.looseObject({ event: z.string() }) });

/** Reads the security events that are written to the log of this process from now on. */
export function readSecurityLog() {
  const lines: string[] = [];
  const write = process.stdout.write.bind(process.stdout);
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text, ...rest) => {
    if (!String(text).includes('"security":')) return write(text, ...(rest as []));
    lines.push(String(text));
    return true;
  });
  return {
    lines,
    /** The events since the last call, as they are in the log. */
    take: () => lines.splice(0).map((line) => Line.parse(JSON.parse(line)).security),
    /** The names of the events since the last call. */
    takeNames(): SecurityEventName[] {
      return this.take().map(({ event }) => event as SecurityEventName);
    },
    stop: () => spy.mockRestore(),
  };
}
