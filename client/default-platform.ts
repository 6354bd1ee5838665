import { browserPlatform } from './browser-platform.ts';
import { nodePlatform } from './node-platform.ts';
import type { Platform } from './platform.ts';

/** The platform of the running program: the browser's in a page, Node's everywhere else. */
export function defaultPlatform(): Platform {
  return 'document' in globalThis && 'indexedDB' in globalThis ? browserPlatform : nodePlatform;
}
