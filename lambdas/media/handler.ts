import * as z from 'zod/mini';
import { grantUpload } from '#core/media/grant.ts';
import { mediaView } from '#core/media/media.ts';
import { seeMedia } from '#core/media/see.ts';
import { authenticated, httpHandler } from '#lambdas/kit/http.ts';
import { RequestUpload } from '#protocol/media.ts';
import { id } from '#protocol/values.ts';
import { addressesOf, grantPorts, seePorts } from './dependencies.ts';

const params = z.strictObject({ id });

export const handler = httpHandler({
  'POST /media/upload': authenticated({ body: RequestUpload, cost: 5 }, async ({ userId }, { body }) => {
    const granted = await grantUpload(grantPorts, userId, body, Date.now());
    return 'error' in granted ? granted : { ok: { status: 201, body: granted.ok } };
  }),

  'GET /media/{id}': authenticated({ params }, async ({ userId }, { params: { id: mediaId } }) => {
    const seen = await seeMedia(seePorts, userId, mediaId);
    if ('error' in seen) return seen;
    return { ok: { body: { ...mediaView(seen.ok), ...(await addressesOf(seen.ok, Date.now())) } } };
  }),
});
