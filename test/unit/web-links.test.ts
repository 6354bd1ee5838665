import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitLinks } from '#web/message/links.ts';

const links = (text: string) => splitLinks(text).flatMap(({ href }) => href ?? []);

test.each([
  ['see https://example.org/a?b=c#d now', ['https://example.org/a?b=c#d']],
  ['(https://example.org/wiki/Storm_(band)).', ['https://example.org/wiki/Storm_(band)']],
  ['(as in https://example.org/a)', ['https://example.org/a']],
  ['Really? https://example.org/a!', ['https://example.org/a']],
  ['HTTP://EXAMPLE.ORG', ['HTTP://EXAMPLE.ORG']],
  ['javascript:alert(1) data:text/html,x ftp://example.org', []],
  ['https:// and http://', []],
  ['看https://example.com，谢谢', ['https://example.com']],
  ['看https://example.com谢谢', ['https://example.com']],
  ['https://example.com/a。', ['https://example.com/a']],
  ['（https://example.com/a）', ['https://example.com/a']],
  ['「https://example.com/a」', ['https://example.com/a']],
  ['https://example.com/a！', ['https://example.com/a']],
  ['https://example.com/a、b', ['https://example.com/a']],
  ['https://example.com/a؟', ['https://example.com/a']],
  ['https://example.com/a، ثم', ['https://example.com/a']],
  ['«https://example.com/a»', ['https://example.com/a']],
  ['“https://example.com/a”', ['https://example.com/a']],
  ['"https://example.com/a"', ['https://example.com/a']],
  ['<https://example.com/a>', ['https://example.com/a']],
  ['[https://example.com/a]', ['https://example.com/a']],
  ['{https://example.com/a}', ['https://example.com/a']],
  ['https://example.com/a[0]{1}(2)', ['https://example.com/a[0]{1}(2)']],
  ['https://example.com/a(b', ['https://example.com/a']],
  ['https://example.com/a…', ['https://example.com/a']],
  ['https://example.com/a: b', ['https://example.com/a']],
  ['https://example.com/a,b;c!d?e', ['https://example.com/a,b;c!d?e']],
  ['https://example.com/\u202egnp.exe', ['https://example.com/']],
  ['https://exam\u202eple.com', ['https://exam']],
  ['https://example.com/a\u200bb', ['https://example.com/a']],
  ['https://münchen.example/Straße/日本?q=é', ['https://münchen.example/Straße/日本?q=é']],
  ['https://例え.jp', ['https://例え.jp']],
  ['http://localhost:8080/x http://[::1]/', ['http://localhost:8080/x', 'http://[::1]/']],
  ['https://good.example@evil.example', ['https://good.example']],
  ['xhttps://example.com', []],
  ['see www.example.com/a.', ['http://www.example.com/a']],
  ['看www.example.com，', ['http://www.example.com']],
  ['www. www.example awww.example.com', []],
  ['write to ann.smith+a@example.com.', ['mailto:ann.smith+a@example.com']],
  ['mailto:ann@example.com', ['mailto:ann@example.com']],
  ['邮箱ann@example.com。', ['mailto:ann@example.com']],
  ['(ann@example.com), <ben@example.org>', ['mailto:ann@example.com', 'mailto:ben@example.org']],
  ['@ann ann@ @example.com ann@localhost a@b@c.example', []],
  ['example.com 1.2.3 file.txt', []],
])('The links of %j are %j', (text, expected) => {
  expect(links(text)).toEqual(expected);
});

test('The parts make up the text, and every link is of the web or of mail', async () => {
  const words = fc.constantFrom(
    'https://',
    'http://x.org',
    ' ',
    '(',
    ')',
    '.',
    'javascript:',
    '"',
    'a',
    '@',
    'www.',
    '，',
    '\u202e',
  );
  await fc.assert(
    fc.property(
      fc.array(words).map((all) => all.join('')),
      (text) => {
        expect(
          splitLinks(text)
            .map((part) => part.text)
            .join(''),
        ).toBe(text);
        for (const href of links(text)) expect(['http:', 'https:', 'mailto:']).toContain(new URL(href).protocol);
      },
    ),
  );
});

test('A text that is nearly an address everywhere is split soon enough, too', () => {
  for (const piece of ['a.', "a'", 'www.', 'https://a.', 'a@', '((', 'a-', 'mailto:a'])
    expect(splitLinks(piece.repeat(4_000 / piece.length)).length).toBeLessThan(4_001);
});
