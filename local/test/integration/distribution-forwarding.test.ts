import { describe, expect, it } from 'vitest';
import { combine, forwardHeaders, forwarding, forwardUrl } from '../../distribution/forwarding.ts';
import { StackError } from '../../types.ts';

const HEADERS = {
  accept: '*/*',
  'x-own': '1',
  'cloudfront-viewer-country': 'NZ',
  via: 'edge',
  cookie: 'a=1; b=2; c=3',
};

function policy(header: string, cookie = 'none', query = 'none', names: string[] = []) {
  return forwarding({
    OriginRequestPolicyConfig: {
      HeadersConfig: { HeaderBehavior: header, Headers: names },
      CookiesConfig: { CookieBehavior: cookie, Cookies: names },
      QueryStringsConfig: { QueryStringBehavior: query, QueryStrings: names },
    },
  });
}

/** What a behavior with just this policy hands on. */
const only = (one: ReturnType<typeof policy>) => combine(['one'], new Map([['one', one]]));

// AWS: "Understand origin request policies" (CloudFront).
describe('a policy hands on', () => {
  it.each([
    ['none', [], []],
    ['whitelist', ['X-Own'], ['x-own']],
    ['allExcept', ['X-Own'], ['accept', 'cloudfront-viewer-country']],
    ['allViewer', [], ['accept', 'x-own']],
    [
      'allViewerAndWhitelistCloudFront',
      ['CloudFront-Viewer-Country'],
      ['accept', 'cloudfront-viewer-country', 'x-own'],
    ],
  ])('headers by %s %j, and always those of the way', (behavior, names, expected) => {
    const { via, ...headers } = forwardHeaders(HEADERS, only(policy(behavior, 'none', 'none', names)));
    expect(Object.keys(headers).sort()).toEqual(expected);
    expect(via).toBe('edge');
  });

  it.each([
    ['none', undefined],
    ['all', 'a=1; b=2; c=3'],
    ['whitelist', 'a=1; c=3'],
    ['allExcept', 'b=2'],
  ])('cookies by %s', (behavior, expected) => {
    expect(forwardHeaders(HEADERS, only(policy('none', behavior, 'none', ['a', 'c'])))['cookie']).toBe(expected);
  });

  it.each([
    ['none', '/x'],
    ['all', '/x?a=%31&b&c d=?&%61=2&%zz'],
    ['whitelist', '/x?a=%31&%61=2'],
    ['allExcept', '/x?b&c d=?&%zz'],
  ])('parameters by %s, as they were spelled', (behavior, expected) => {
    const chosen = only(policy('none', 'none', behavior, ['a']));
    expect(forwardUrl('/x?a=%31&b&c d=?&%61=2&%zz', chosen)).toBe(expected);
  });

  it('what any one of two names', () => {
    const policies = new Map([
      ['one', policy('whitelist', 'none', 'none', ['accept'])],
      ['two', policy('whitelist', 'none', 'none', ['x-own'])],
    ]);
    const { via: _, ...headers } = forwardHeaders(HEADERS, combine(['one', 'two', undefined], policies));
    expect(headers).toEqual({ accept: '*/*', 'x-own': '1' });
  });
});

it('a behavior of a policy that is not known is refused', () => {
  expect(() => policy('some')).toThrow(StackError);
});
