import type { OutgoingHttpHeaders } from 'node:http';
import { expect, test } from 'vitest';
import { restoreCookies, setPlainCookies } from '../../distribution/plain-cookies.ts';

const safari = {
  'user-agent':
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15',
};
const chrome = {
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
};
const cookies = ['__Host-token=a; Max-Age=9; Path=/; HttpOnly; Secure; SameSite=Strict', 'plain=secure; Path=/'];

test('WebKit gets Secure cookies without the attribute, and they come back by their own names', () => {
  const answer: OutgoingHttpHeaders = { 'set-cookie': cookies };
  setPlainCookies(safari, answer);
  expect(answer['set-cookie']).toEqual([
    'local-__Host-token=a; Max-Age=9; Path=/; HttpOnly; SameSite=Strict',
    'plain=secure; Path=/',
  ]);
  const request = { ...safari, cookie: 'plain=secure; local-__Host-token=a' };
  restoreCookies(request);
  expect(request.cookie).toBe('plain=secure; __Host-token=a');
});

test('Other browsers get cookies as the backend sets them', () => {
  const answer: OutgoingHttpHeaders = { 'set-cookie': cookies };
  setPlainCookies(chrome, answer);
  expect(answer['set-cookie']).toEqual(cookies);
  const request = { ...chrome, cookie: 'local-__Host-token=a' };
  restoreCookies(request);
  expect(request.cookie).toBe('local-__Host-token=a');
});
