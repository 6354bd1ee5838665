/** What all access tokens have in common (RFC 9068). */
export const algorithm = 'ES256';
export const type = 'at+jwt';
export const audience = 'storm';
