import type { Faults } from './types.ts';

/** All faults off; a chaos suite turns them on through `world.faults`. */
export function createFaults(): Faults {
  return {
    serviceDownUntil: new Map(),
    functionLatencyMs: new Map(),
    streamDropRate: 0,
    streamDuplicateRate: 0,
    expireSockets: new Set(),
  };
}
