/** The only credentials that the local services know; functions and everything else in the stack sign with them. */
export const credentials = { accessKeyId: 'local', secretAccessKey: 'local-secret' } as const;
