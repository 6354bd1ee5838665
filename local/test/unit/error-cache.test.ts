import { expect, test } from 'vitest';
import { ErrorCache } from '../../distribution/error-cache.ts';

test('an error is kept for ten seconds, or as long as the distribution says', () => {
  let now = 0;
  const cache = new ErrorCache(new Map([[503, 60]]), () => now);
  for (const status of [404, 503]) cache.set(`GET /${status}`, { status, headers: {}, body: Buffer.from('sorry') });
  now = 9_999;
  expect(cache.get('GET /404')).toMatchObject({ status: 404 });
  now = 10_000;
  expect(cache.get('GET /404')).toBeUndefined();
  expect(cache.get('GET /503')).toMatchObject({ status: 503 });
  now = 60_000;
  expect(cache.get('GET /503')).toBeUndefined();
});
