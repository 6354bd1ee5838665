/** Whether all of AWS is this machine: then, and only then, its clients are told to find it there. */
export const isOnThisMachine = /^http:\/\/(?:127\.0\.0\.1|localhost)[:/]/.test(
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] ?? '',
);
