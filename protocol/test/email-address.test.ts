import { domainToASCII } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Login } from '../accounts.ts';
import { email } from '../values.ts';

const taken = (text: string) => email.safeParse(text).data;

describe('an address of e-mail', () => {
  test.for([
    'ann@example.org',
    "o'brien+chat=1@mail.example.co.uk",
    '!#$%&*/?^_`{|}~-@example.org',
    '1@2.example',
    `${'a'.repeat(64)}@example.org`,
    `a@${'b'.repeat(63)}.org`,
    'a@xn--mller-kva.example',
    'a@b-c.d--e.example',
  ])('may be %s', (address) => {
    expect(taken(address)).toBe(address);
  });

  test.for([
    ['Ann@Example.ORG', 'ann@example.org'],
    [' ann@example.org\n', 'ann@example.org'],
    ['jürgen@müller.example', 'jürgen@xn--mller-kva.example'],
    ['ju\u0308rgen@mu\u0308ller.example', 'jürgen@xn--mller-kva.example'],
    ['JÜRGEN@MÜLLER.EXAMPLE', 'jürgen@xn--mller-kva.example'],
    ['jürgen@XN--MLLER-KVA.example', 'jürgen@xn--mller-kva.example'],
    ['用户@例子。广告', `用户@${domainToASCII('例子.广告')}`],
    ['उपयोगकर्ता@उदाहरण.कॉम', `उपयोगकर्ता@${domainToASCII('उदाहरण.कॉम')}`],
    ['Дмитрий@пример.рф', 'дмитрий@xn--e1afmkfd.xn--p1ai'],
    ['ann@ＥＸＡＭＰＬＥ.org', 'ann@example.org'],
    ['straße@straße.example', 'straße@xn--strae-oqa.example'],
  ] as const)('%s is %s', ([spelled, canonical]) => {
    expect(taken(spelled)).toBe(canonical);
    expect(taken(canonical)).toBe(canonical);
    expect(Login.parse({ login: spelled, password: 'x' }).login).toBe(canonical);
  });

  test.for([
    '',
    'ann',
    '@example.org',
    'ann@',
    'ann@example',
    'ann@@example.org',
    'a@b@example.org',
    '.ann@example.org',
    'ann.@example.org',
    'an..n@example.org',
    'an n@example.org',
    'ann@exam ple.org',
    'ann@.example.org',
    'ann@example..org',
    'ann@example.org.',
    'ann@-example.org',
    'ann@example-.org',
    'ann@exa_mple.org',
    'ann@example.123',
    'ann@127.0.0.1',
    'ann@0x7f.1',
    'ann@[127.0.0.1]',
    'ann@[::1]',
    'ann@example.o',
    'ann@example.org:25',
    'ann@example.org/x',
    'ann@exa%6dple.org',
    'ann@ex#ample.org',
    '"ann"@example.org',
    '"a b"@example.org',
    'ann(comment)@example.org',
    'Ann <ann@example.org>',
    'a,b@example.org',
    'an\0n@example.org',
    'ann\r\nBcc: eve@example.org',
    'an\u200bn@example.org',
    'an\u202en@example.org',
    'an\u00a0n@example.org',
    'an\ud800n@example.org',
    `${'a'.repeat(65)}@example.org`,
    `${'ü'.repeat(33)}@example.org`,
    `a@${'b'.repeat(64)}.org`,
    `a@${'ü'.repeat(60)}.org`,
    `a@${`${'b'.repeat(62)}.`.repeat(4)}org`,
    `${'a'.repeat(60)}@${`${'b'.repeat(60)}.`.repeat(3)}${'c'.repeat(20)}.org`,
  ])('may not be %j', (address) => {
    expect(taken(address)).toBeUndefined();
  });

  test('a login that is no address stays as it is', () => {
    for (const login of ['ann', 'ann@', 'an n@example'])
      expect(Login.parse({ login, password: 'x' }).login).toBe(login);
  });
});
