import { describe, expect, test } from 'vitest';
import { isAllowedEndpoint, isPublicAddress, publicLookup } from '../../adapters/push/address.ts';
import { retryDelay } from '../../core/push/retry.ts';

describe('where pushes may go', () => {
  test.each(['8.8.8.8', '2607:f8b0::1'])('%s is public', (address) => expect(isPublicAddress(address)).toBe(true));

  test.each(['10.1.2.3', '100.64.0.1', '127.0.0.1', '169.254.169.254', '172.31.0.1', '192.168.0.1', '0.0.0.0', '::1'])(
    '%s is not',
    (address) => expect(isPublicAddress(address)).toBe(false),
  );

  test.each(['fd00::1', 'fe80::1', '::ffff:8.8.8.8', '64:ff9b::a00:1', '2002:a00:1::', '2001::1', 'nonsense'])(
    '%s is not either',
    (address) => expect(isPublicAddress(address)).toBe(false),
  );

  test('this machine is allowed only where all of AWS runs on it', () => {
    const endpoint = 'http://127.0.0.1:4000/x';
    expect([isAllowedEndpoint(endpoint, true), isAllowedEndpoint(endpoint, false)]).toEqual([true, false]);
    expect(isAllowedEndpoint('https://push.example/x', false)).toBe(true);
  });

  test.each([true, false])(
    'a name that leads to this machine is refused when it is looked up (all: %s)',
    async (all) => {
      const error = await new Promise((resolve) => publicLookup('localhost', { all }, resolve));
      expect(error).toMatchObject({ message: expect.stringContaining('not public') });
    },
  );
});

describe('the wait for another try', () => {
  test('doubles, with jitter', () => {
    expect([1, 2, 3].map((attempt) => retryDelay(attempt, 0, () => 1))).toEqual([10, 20, 40]);
    expect(retryDelay(1, 0, () => 0)).toBe(5);
  });

  test('is as long as the service wants, and an hour at most', () => {
    expect(retryDelay(1, 60_000)).toBe(60);
    expect(retryDelay(1, 1e9)).toBe(3_600);
    expect(retryDelay(20, 0)).toBe(3_600);
  });
});
