import { hash } from 'node:crypto';
import type { Resource } from './types.ts';

/** Returns an id of ten letters and digits like API Gateway's, which is the same after every restart. */
export function stableId({ stack, logicalId }: Pick<Resource, 'stack' | 'logicalId'>): string {
  const number = BigInt(`0x${hash('sha256', `${stack}/${logicalId}`)}`);
  return number.toString(36).slice(0, 10);
}
