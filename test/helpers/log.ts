import { vi } from 'vitest';
import * as z from 'zod/mini';

const Line = z.looseObject({ level: z.string(), message: z.string() });
export type Line = z.infer<typeof Line>;

/** The line that a function has logged, or undefined if the text isn't one. */
export function lineOf(text: string): Line | undefined {
  try {
    return Line.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Keeps the lines that functions in this process log from now on. */
export function readLog() {
  const lines: string[] = [];
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      lines.push(String(text));
      return true;
    }),
  );
  return {
    /** The lines since the last call. */
    take: (): Line[] => lines.splice(0).flatMap((text) => lineOf(text) ?? []),
    stop: () => {
      for (const spy of spies) spy.mockRestore();
    },
  };
}

/** Writes no lines of metrics from now on, since a file of tests would write thousands. */
export function hideMetrics(): void {
  const write = process.stdout.write.bind(process.stdout);
  // It isn't a spy, since tests spy on the same method.
  process.stdout.write = (text: string | Uint8Array, ...rest: unknown[]) =>
    String(text).includes('"_aws":') ? true : write(text, ...(rest as []));
}
