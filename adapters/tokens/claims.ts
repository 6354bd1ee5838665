/** The algorithm, type and audience of all access tokens (RFC 9068). */
export const algorithm = 'ES256';
export const type = 'at+jwt';
export const audience = 'storm';
