import * as z from 'zod/mini';
import { expression } from '#adapters/dynamo/expression.ts';
import type { Table } from '#adapters/dynamo/table.ts';
import type { PacingPorts } from '#core/delivery/pacing.ts';
import { keys } from './keys.ts';

const Turns = z.object({ freeAt: z.number() });

/**
 * No turn is further off than this, in ms, because so many rooms post at once at most (`lib/capabilities/delivery.ts`), and each takes one
 * after the other. So what the item says beyond it is the time of a clock that was wrong, and doesn't count (decision 0147).
 */
const furthestMs = 20_000;

/**
 * The turns of large rooms at posting (core/delivery/pacing.ts), in one item for the whole stage: the time up to which turns are
 * taken. It is written once a turn, which is some 70 ms long. The clocks of functions differ by some ms, and so may turns. A clock that is
 * wrong by minutes makes its own turns overlap with others, and nobody wait.
 */
export function createTurns(table: Table): PacingPorts['takeTurn'] {
  return async (ms, now) => {
    for (;;) {
      const after = await table.update(keys.turns, expression`SET freeAt = freeAt + ${ms}`, {
        if: expression`freeAt > ${now} AND freeAt <= ${now + furthestMs}`,
      });
      if (after.done) return Turns.parse(after.item).freeAt - ms;
      const first = await table.update(keys.turns, expression`SET freeAt = ${now + ms}`, {
        if: expression`attribute_not_exists(freeAt) OR freeAt <= ${now} OR freeAt > ${now + furthestMs}`,
      });
      if (first.done) return now;
    }
  };
}
