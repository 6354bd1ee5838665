/** Whether the function runs on the local stack. Only then is the endpoint of DynamoDB on this machine. */
export const isOnThisMachine = /^http:\/\/(?:127\.0\.0\.1|localhost)[:/]/.test(
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] ?? '',
);
