import { Duration } from 'aws-cdk-lib';
import type { ErrorResponse } from 'aws-cdk-lib/aws-cloudfront';

/** The statuses whose caching can be configured in CloudFront ("CustomErrorResponse", CloudFront API reference). */
const statuses = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

/**
 * The configuration of a distribution that caches no errors. By default CloudFront caches 404, 405, 414 and 5xx for 10 seconds,
 * whatever the cache policy and `Cache-Control` say ("How CloudFront processes and caches HTTP 4xx and 5xx status codes from your
 * origin"). If the cache key has neither the query nor the caller, everybody gets the error of one request.
 */
export const uncachedErrors: ErrorResponse[] = statuses.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) }));
