/** The hosts to which notifications may be posted, as `isAllowedEndpoint` takes them. Undefined: all public ones. */
export const pushHosts = process.env['PUSH_HOSTS']?.split(',');
