import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const folder = new URL('../../docs/', import.meta.url);
const text = readFileSync(new URL('security.md', folder), 'utf8');

/**
 * How many items of levels 1 and 2 each section of OWASP ASVS 5.0.0 has. In every section these are the first, and those of level
 * 3 follow.
 */
const itemsOf = {
  ...{ '1.1': 2, '1.2': 9, '1.3': 11, '1.4': 3, '1.5': 2 },
  ...{ '2.1': 3, '2.2': 3, '2.3': 4, '2.4': 1 },
  ...{ '3.2': 2, '3.3': 4, '3.4': 6, '3.5': 5, '3.7': 2 },
  ...{ '4.1': 3, '4.2': 1, '4.3': 2, '4.4': 4 },
  ...{ '5.1': 1, '5.2': 3, '5.3': 2, '5.4': 3 },
  ...{ '6.1': 3, '6.2': 12, '6.3': 4, '6.4': 4, '6.5': 5, '6.6': 3, '6.8': 4 },
  ...{ '7.1': 3, '7.2': 4, '7.3': 2, '7.4': 5, '7.5': 2, '7.6': 2 },
  ...{ '8.1': 2, '8.2': 3, '8.3': 1, '8.4': 1 },
  ...{ '9.1': 3, '9.2': 4 },
  ...{ '10.1': 2, '10.2': 2, '10.3': 4, '10.4': 11, '10.5': 5, '10.6': 2, '10.7': 3 },
  ...{ '11.1': 2, '11.2': 3, '11.3': 3, '11.4': 4, '11.5': 1, '11.6': 1 },
  ...{ '12.1': 3, '12.2': 2, '12.3': 4 },
  ...{ '13.1': 1, '13.2': 5, '13.3': 2, '13.4': 5 },
  ...{ '14.1': 2, '14.2': 4, '14.3': 3 },
  ...{ '15.1': 3, '15.2': 3, '15.3': 7 },
  ...{ '16.1': 1, '16.2': 5, '16.3': 4, '16.4': 3, '16.5': 3 },
  ...{ '17.1': 1, '17.2': 4, '17.3': 2 },
};

const rows = [...text.matchAll(/^\| (\d+\.\d+\.\d+) \| (.+) \| (met|not met|n\/a) \| (.+) \|$/gm)].map(
  ([, item = '', what = '', state = '', how = '']) => ({ item, what, state, how }),
);
const links = [...text.matchAll(/\[([^\]]+)\]\(([^)\s]+)\)/g)].map(([, title = '', target = '']) => ({
  title,
  target,
}));

describe('the table of ASVS 5.0 in docs/security.md', () => {
  test('has every item of levels 1 and 2, once and in order', () => {
    const items = Object.entries(itemsOf).flatMap(([section, count]) =>
      Array.from({ length: count }, (_, i) => `${section}.${i + 1}`),
    );
    expect(rows.map(({ item }) => item)).toEqual(items);
    expect(items).toHaveLength(253);
  });

  test('names a test, a setting or a document for whatever is met', () => {
    const bare = rows.filter(({ state, how }) => state === 'met' && !how.includes(']('));
    expect(bare.map(({ item }) => item)).toEqual([]);
  });

  test('has nothing in authentication, sessions and logging that isn’t met, but for a second factor', () => {
    const missing = rows.filter(({ item, state }) => state === 'not met' && /^(6|7|16)\./.test(item));
    expect(missing.map(({ item }) => item)).toEqual(['6.3.3']);
  });
});

test.each(links.filter(({ target }) => !target.startsWith('http')))(
  'docs/security.md links to what is there: $title, $target',
  ({ title, target }) => {
    const [path = ''] = target.split('#');
    expect(existsSync(new URL(path, folder))).toBe(true);
    // Behind the name of a test file, a title may have the beginning of a test's name.
    const name = title.split('›')[1]?.trim();
    if (name) expect(readFileSync(new URL(path, folder), 'utf8')).toContain(name);
  },
);
