import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/**
 * Makes an event of the format 1.0 of one of the format 2.0. Source: AWS, "Create AWS Lambda proxy integrations for HTTP APIs in API
 * Gateway". Headers that were repeated are one text in both.
 */
export function toFormat1(event: APIGatewayProxyEventV2) {
  const { requestContext: context, rawPath, rawQueryString, routeKey } = event;
  const { http, routeKey: resourceId, time: requestTime, timeEpoch: requestTimeEpoch, ...about } = context;
  const headers = { ...event.headers, ...(event.cookies && { cookie: event.cookies.join('; ') }) };
  const query = new URLSearchParams(rawQueryString);
  const all = Object.fromEntries([...query.keys()].map((name) => [name, query.getAll(name)]));
  const resource = routeKey.split(' ')[1] ?? routeKey;
  return {
    version: '1.0',
    resource,
    path: rawPath,
    httpMethod: http.method,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: query.size > 0 ? Object.fromEntries(query) : null,
    multiValueQueryStringParameters: query.size > 0 ? all : null,
    requestContext: {
      ...about,
      extendedRequestId: about.requestId,
      httpMethod: http.method,
      identity: { sourceIp: http.sourceIp, userAgent: http.userAgent },
      path: http.path,
      protocol: http.protocol,
      requestTime,
      requestTimeEpoch,
      resourceId,
      resourcePath: resource,
    },
    pathParameters: event.pathParameters ?? null,
    stageVariables: event.stageVariables ?? null,
    body: event.body ?? null,
    isBase64Encoded: event.isBase64Encoded,
  };
}
