import type { Faults } from './types.ts';

/** Returns the settings for fault injection, with all faults off. A chaos test turns them on through `world.faults`. */
export function createFaults(): Faults {
  return {
    serviceDownUntil: new Map(),
    functionLatencyMs: new Map(),
    streamDropRate: 0,
    streamDuplicateRate: 0,
    expireSockets: new Set(),
  };
}
