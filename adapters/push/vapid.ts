import * as z from 'zod/mini';

/** What the secret store keeps: a key pair on P-256, raw, in base64url (RFC 8292). */
export const VapidKeys = z.object({ publicKey: z.string(), privateKey: z.string() });

export type VapidKeys = z.infer<typeof VapidKeys>;
