/**
 * Matches the names of hosts that AWS gives. Nobody else can make such a name point to this machine. What answers to 169.254.* is on a
 * machine of AWS, and has its credentials.
 */
export const awsHost =
  /^([\w.-]+\.)?(amazonaws\.com(\.cn)?|api\.aws|on\.aws|cloudfront\.net)(:\d+)?$|^169\.254\.(169\.254|170\.2)(:\d+)?$/i;
