import { afterEach, expect, test, vi } from 'vitest';
import { browserPlatform } from '../browser-platform.ts';
import { defaultPlatform } from '../default-platform.ts';
import { nodePlatform } from '../node-platform.ts';

afterEach(() => vi.unstubAllGlobals());

test('A page in a browser uses the platform of browsers', () => {
  vi.stubGlobal('document', {});
  vi.stubGlobal('indexedDB', {});
  expect(defaultPlatform()).toBe(browserPlatform);
});

test('A program without a document or a database, such as Node or a test with a simulated DOM, uses the platform of Node', () => {
  expect(defaultPlatform()).toBe(nodePlatform);
  vi.stubGlobal('document', {});
  expect(defaultPlatform()).toBe(nodePlatform);
});
