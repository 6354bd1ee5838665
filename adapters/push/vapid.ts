import * as z from 'zod/mini';

/** The text of the secret: the raw keys of a key pair on P-256 (RFC 8292), in base64url. */
export const VapidKeys = z.object({ publicKey: z.string(), privateKey: z.string() });

export type VapidKeys = z.infer<typeof VapidKeys>;
