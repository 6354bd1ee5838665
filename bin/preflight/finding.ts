import type { Settings } from '#lib/settings.ts';

/** One sentence about what a deployment needs. A bad one keeps it from succeeding. */
export interface Finding {
  readonly state: 'good' | 'note' | 'bad';
  readonly text: string;
}

export const good = (text: string): Finding => ({ state: 'good', text });
export const note = (text: string): Finding => ({ state: 'note', text });
export const bad = (text: string): Finding => ({ state: 'bad', text });

/** What the checks are about. */
export interface Deployment {
  readonly settings: Settings;
  readonly stackName: string;
  readonly region: string;
  /** Whether the stack doesn't exist yet. */
  readonly isFirst: boolean;
  /** The name of the set of tables that the stack uses, if it is known. */
  readonly generation: string | undefined;
}

/** The configuration of all clients. A failure is told soon. */
export const clientOptions = (region: string) => ({ region, maxAttempts: 2 });
