import { getSignedUrl } from '@aws-sdk/cloudfront-signer';
import { avatarKeys, type Media, objectKeys } from '#core/media/media.ts';
import type { Media as MediaView } from '#protocol/media.ts';

export interface AddressOptions {
  /** The URL of the distribution, without a slash at its end. */
  readonly base: string;
  /** The id of the public key that CloudFront knows. */
  readonly keyPairId: string;
  /** Reads the private key, in PEM. */
  readonly privateKey: () => Promise<string>;
}

/**
 * How long the signed URL of a file stays the same, so that browsers can use their cache. A URL that is given out is valid for
 * between once and twice this time.
 */
const windowSeconds = 15 * 60;

/**
 * Creates a function that gives the URLs of a file and of its thumbnail, or none if the file isn't ready. `now` is in ms since
 * 1970. The URLs of avatars are not signed and don't expire. Those of other files are signed, and `expiresIn` is in seconds.
 */
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
      // A file has a thumbhash if and only if it has a thumbnail.
      ...(thumbhash !== undefined && { thumbnailUrl: signed(objectKeys.thumbnail(id, version)) }),
      expiresIn: expires - Math.floor(now / 1000),
    };
  };
}
