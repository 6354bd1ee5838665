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
])('The links of %j are %j', (text, expected) => {
  expect(links(text)).toEqual(expected);
});

test('The parts make up the text, and every link is http or https', async () => {
  const words = fc.constantFrom('https://', 'http://x.org', ' ', '(', ')', '.', 'javascript:', '"', 'a');
  await fc.assert(
    fc.property(
      fc.array(words).map((all) => all.join('')),
      (text) => {
        expect(
          splitLinks(text)
            .map((part) => part.text)
            .join(''),
        ).toBe(text);
        for (const href of links(text)) expect(['http:', 'https:']).toContain(new URL(href).protocol);
      },
    ),
  );
});
