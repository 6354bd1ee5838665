/** Inspects a file, given by its declared type (or `thumbnail`, of a film) and its path, and prints what that took. */
import * as fs from 'node:fs';
import { cleanThumbnail, cleanWithin } from '#adapters/media/clean.ts';
import { Rejection } from '#core/media/rejection.ts';

const [contentType = '', file = ''] = process.argv.slice(2);
const bytes = fs.readFileSync(file);
const media = { id: 'm', ownerId: 'o', conversationId: 'c', status: 'pending', contentType, size: 0, uses: 0 } as const;
const before = process.cpuUsage();
const cleaned = contentType === 'thumbnail' ? cleanThumbnail(bytes) : cleanWithin(40_000)(media, 'v', bytes);
const outcome = await cleaned.then(
  () => 'ready',
  (error) => (error instanceof Rejection ? error.reason : String(error)),
);
const { user, system } = process.cpuUsage(before);
// On Linux `maxRSS` begins with what the parent had.
const highest = fs.existsSync('/proc/self/status')
  ? Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))?.[1])
  : process.resourceUsage().maxRSS;
const mebibytes = highest / 1024;
console.log(JSON.stringify({ outcome, seconds: (user + system) / 1e6, mebibytes }));
