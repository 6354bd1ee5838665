import { readdirSync, readFileSync } from 'node:fs';
import { Logger } from '@aws-lambda-powertools/logger';
import { expect, test, vi } from 'vitest';

const root = new URL('../../', import.meta.url);
const sources = ['adapters', 'core', 'lambdas', 'protocol'].flatMap((folder) =>
  readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith('test/'))
    .map((file) => ({ file: `${folder}/${file}`, text: readFileSync(new URL(`${folder}/${file}`, root), 'utf8') })),
);

function filesWith(pattern: RegExp): string[] {
  return sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file);
}

test.each([
  ['starts a process', /child_process/],
  ['runs text as a program', /\beval\(|new Function\(|node:vm/],
  ['uses a broken hash or cipher', /\b(?:md5|sha1|rc4|des-|-ecb)\b/i],
  ['turns the check of certificates off', /rejectUnauthorized|NODE_TLS_REJECT/],
  ['makes secrets of weak random numbers', /Math\.random[^;]*(?:token|secret|password|key)/i],
])('nothing in the functions %s', (_, pattern) => {
  expect(filesWith(pattern)).toEqual([]);
});

test('only constants of our own become patterns', () => {
  expect(filesWith(/new RegExp\(/)).toEqual([
    // The name of a header that the program itself asks for.
    'adapters/aws/http-connection.ts',
    // Reserved names, and scripts of Unicode.
    'core/accounts/reserved-name.ts',
    'core/search/parts.ts',
    // A number of bytes.
    'protocol/push.ts',
  ]);
});

test('what people write can’t end a line of the log, nor pose as another one', () => {
  const lines: string[] = [];
  const spy = vi.spyOn(console, 'info').mockImplementation((line) => void lines.push(line));
  // Outside of Lambda the logger writes with a console of its own, unless it is told to be in development.
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  const evil = 'a"}\r\n{"level":"ERROR","message":"forged"}\u2028\u001b[2J';
  new Logger().info(evil, { userAgent: evil, [evil]: 1 });
  spy.mockRestore();
  vi.unstubAllEnvs();
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'INFO', message: evil, userAgent: evil });
});
