import { WorkQueue } from '#lib/constructs/work-queue.ts';
import { addFunction, type Foundation } from '#lib/foundation.ts';

/**
 * Full-text search. The queue, which is returned, takes segments of the search index that are to be built; one that is lost is built
 * by the next search that meets its place.
 */
export function addSearch(foundation: Foundation): WorkQueue {
  const { stack, tables, alarms, auth, http, site } = foundation;

  // Unpacking and comparing texts takes CPU: a whole core.
  const search = addFunction(foundation, 'search', { memoryMiB: 1_769, limitsRates: true });
  auth.grantVerify(search, site.url);
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
    alarms,
    alarmText:
      'Segments of the search index could not be built. Searches build them, and are slower until then; deleted words may be left in them.',
  });
}
