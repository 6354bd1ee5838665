/** The only credentials that the local services accept. Functions and the stack itself sign with them. */
export const credentials = { accessKeyId: 'local', secretAccessKey: 'local-secret' } as const;
