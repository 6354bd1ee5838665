import { createHash } from 'node:crypto';
import { expression } from '#adapters/dynamo/expression.ts';
import type { Item, Key } from '#adapters/dynamo/table.ts';
import { limits } from '#protocol/limits.ts';

const daySeconds = 24 * 3600;

/** The name itself is erased with the account, so only its hash is kept. */
function restingKey(username: string): Key {
  return { pk: `resting#${createHash('sha256').update(username).digest('base64url')}`, sk: 'resting' };
}

/** The item that keeps the username of an account that was erased from being taken over by others. `now` is in ms since 1970. */
export function restingItem(username: string, now: number): Item {
  return { ...restingKey(username), expiresAt: Math.ceil(now / 1000) + limits.restingNameDays * daySeconds };
}

/** A part of a transaction, which fails while a username rests. `now` is in ms since 1970. */
export function notResting(username: string, now: number) {
  const seconds = Math.floor(now / 1000);
  return { check: restingKey(username), if: expression`attribute_not_exists(pk) OR expiresAt <= ${seconds}` };
}
