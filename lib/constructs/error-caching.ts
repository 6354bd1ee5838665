import { Duration } from 'aws-cdk-lib';
import type { ErrorResponse } from 'aws-cdk-lib/aws-cloudfront';

/** The statuses for which CloudFront lets a distribution choose the time ("CustomErrorResponse", CloudFront API reference). */
const statuses = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

/**
 * Errors that are kept for nobody. Unless told otherwise, CloudFront keeps 404, 405, 414 and 5xx for 10 seconds, whatever the cache policy
 * and `Cache-Control` say, and a key without the query and the caller makes the error of one the answer to all ("How CloudFront
 * processes and caches HTTP 4xx and 5xx status codes from your origin").
 */
export const uncachedErrors: ErrorResponse[] = statuses.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) }));
