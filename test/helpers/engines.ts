import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { startFirefox } from './firefox.ts';
import type { Remote } from './remote-visitor.ts';
import { startWebKit } from './webkit.ts';

interface Engine {
  /** The programs that it takes, each by the names that it may have. */
  readonly needs: readonly (readonly string[])[];
  start(programs: readonly string[]): Promise<Remote>;
}

/** The engines beside Chromium, in which all other tests run. */
const known: Readonly<Record<string, Engine>> = {
  Firefox: { needs: [['firefox', 'firefox-esr']], start: ([program = '']) => startFirefox(program) },
  WebKit: {
    needs: [['WebKitWebDriver'], ['Xvfb']],
    start: ([driver = '', screen = '']) => startWebKit(driver, screen),
  },
};

/** An engine that is installed, or what is missing for it. */
export const engines = Object.entries(known).map(([name, { needs, start }]) => {
  const programs = needs.flatMap((names) => find(names) ?? []);
  const missing = needs.filter((names) => find(names) === undefined).map((names) => names.join(' or '));
  return { name, missing, start: () => start(programs) };
});

function find(names: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
