import { WorkQueue } from '#lib/constructs/work-queue.ts';
import { addFunction, type Foundation } from '#lib/foundation.ts';

/**
 * Full-text search. The queue, which is returned, has the segments of the search index that must be built. If a message of it is
 * lost, the next search that reads the segment builds it.
 */
export function addSearch(foundation: Foundation): WorkQueue {
  const { stack, tables, alarms, auth, http, site } = foundation;

  // Decompressing segments and comparing texts uses a whole core.
  const search = addFunction(foundation, 'search', { memoryMiB: 1_769 });
  auth.grantVerify(search, site.url);
  tables.grantCheckLogin(search);
  tables.grantSearch(search);
  tables.grantRateLimits(search);
  http.route(search, 'GET /search');

  const searchIndex = addFunction(foundation, 'search-index', { memoryMiB: 512 });
  tables.grantIndex(searchIndex);
  return new WorkQueue(stack, 'IndexJobs', {
    consumer: searchIndex,
    batchSize: 5,
    maxConcurrency: 10,
    maxReceiveCount: 5,
    afterRestore: 'purge',
    alarms,
  });
}
