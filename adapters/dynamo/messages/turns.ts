import * as z from 'zod/mini';
import { expression } from '#adapters/dynamo/expression.ts';
import type { Table } from '#adapters/dynamo/table.ts';
import type { PacingPorts } from '#core/delivery/pacing.ts';
import { keys } from './keys.ts';

const Turns = z.object({ freeAt: z.number() });

/**
 * The turns of large rooms at posting (core/delivery/pacing.ts), in one item for the whole stage: the time up to which turns are
 * taken. It is written once a turn, a few times a second. The clocks of functions differ by some ms, and so may turns.
 */
export function createTurns(table: Table): PacingPorts['takeTurn'] {
  return async (ms, now) => {
    for (;;) {
      const after = await table.update(keys.turns, expression`SET freeAt = freeAt + ${ms}`, {
        if: expression`freeAt > ${now}`,
      });
      if (after.done) return Turns.parse(after.item).freeAt - ms;
      const first = await table.update(keys.turns, expression`SET freeAt = ${now + ms}`, {
        if: expression`attribute_not_exists(freeAt) OR freeAt <= ${now}`,
      });
      if (first.done) return now;
    }
  };
}
