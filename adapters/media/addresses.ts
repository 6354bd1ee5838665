import { getSignedUrl } from '@aws-sdk/cloudfront-signer';
import { avatarKeys, type Media, objectKeys } from '#core/media/media.ts';
import type { Media as MediaView } from '#protocol/media.ts';

export interface AddressOptions {
  /** Of the distribution, without a slash at its end. */
  readonly base: string;
  /** The id of the public key that CloudFront knows. */
  readonly keyPairId: string;
  /** PEM. */
  readonly privateKey: () => Promise<string>;
}

/** Within this time an address stays the same, so that browsers needn't fetch again; it is good for once or twice as long. */
const windowSeconds = 15 * 60;

/** Where a ready file can be fetched: an avatar by whoever knows its address, all else for a while by whoever was given one. */
export function createAddresses({ base, keyPairId, privateKey }: AddressOptions) {
  return async (
    { id, status, version, conversationId, thumbhash }: Media,
    now: number,
  ): Promise<Pick<MediaView, 'url' | 'thumbnailUrl' | 'expiresIn'>> => {
    if (status !== 'ready' || version === undefined) return {};
    if (conversationId === undefined)
      return {
        url: `${base}/${avatarKeys.large(id)}`,
        thumbnailUrl: `${base}/${avatarKeys.small(id)}`,
      };
    const expires = (Math.floor(now / 1000 / windowSeconds) + 2) * windowSeconds;
    const key = await privateKey();
    const signed = (path: string) =>
      getSignedUrl({
        url: `${base}/${path}`,
        keyPairId,
        privateKey: key,
        dateLessThan: new Date(expires * 1000).toISOString(),
      });
    return {
      url: signed(objectKeys.original(id, version)),
      // What has pixels of ours has both.
      ...(thumbhash !== undefined && { thumbnailUrl: signed(objectKeys.thumbnail(id, version)) }),
      expiresIn: expires - Math.floor(now / 1000),
    };
  };
}
