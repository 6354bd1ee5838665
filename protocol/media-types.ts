/** The types that may be uploaded, and which size limit applies. SVG and HTML must never be added: browsers run scripts in them. */
export const mediaTypes = {
  'image/jpeg': 'image',
  'image/png': 'image',
  'image/gif': 'image',
  'image/webp': 'image',
  'image/avif': 'image',
  'video/mp4': 'video',
  'video/webm': 'video',
  'video/quicktime': 'video',
  'audio/webm': 'audio',
  'audio/mp4': 'audio',
  'audio/ogg': 'audio',
} as const;

/** The types of a thumbnail that is uploaded with a video. */
export const thumbnailTypes = ['image/jpeg', 'image/png', 'image/webp'] as const;

export function isThumbnailType(type: string): type is (typeof thumbnailTypes)[number] {
  return thumbnailTypes.some((one) => one === type);
}

export type MediaType = keyof typeof mediaTypes;

export type MediaKind = (typeof mediaTypes)[MediaType];

/** Whether a file is a picture, a film or a recording of sound. Also of types that this version doesn't know. */
export function kindOf(contentType: string): MediaKind {
  if (contentType.startsWith('image/')) return 'image';
  return contentType.startsWith('audio/') ? 'audio' : 'video';
}

/** How many files of each kind there are, in the order of the first of each. */
export function countKinds(files: readonly { readonly contentType: string }[]): ReadonlyMap<MediaKind, number> {
  const counts = new Map<MediaKind, number>();
  for (const { contentType } of files) {
    const kind = kindOf(contentType);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

export function isMediaType(type: string): type is MediaType {
  return Object.hasOwn(mediaTypes, type);
}

/** Other names of types, which browsers, phones and libraries give files. */
const synonyms: ReadonlyMap<string, MediaType> = new Map([
  ['image/jpg', 'image/jpeg'],
  ['image/pjpeg', 'image/jpeg'],
  ['image/x-png', 'image/png'],
  ['image/apng', 'image/png'],
  ['video/x-m4v', 'video/mp4'],
  // 3GP has the boxes of MP4.
  ['video/3gpp', 'video/mp4'],
  ['video/3gpp2', 'video/mp4'],
  ['audio/x-m4a', 'audio/mp4'],
  ['audio/m4a', 'audio/mp4'],
  ['audio/3gpp', 'audio/mp4'],
  ['audio/3gpp2', 'audio/mp4'],
  ['audio/opus', 'audio/ogg'],
  ['application/ogg', 'audio/ogg'],
]);

/**
 * The type that a client means, without parameters and in lower case (RFC 9110, section 8.3.1): `video/webm` for
 * `Video/WebM;codecs=vp9,opus`. What isn't among the types that may be uploaded is returned as it is then.
 */
export function plainMediaType(declared: string): string {
  const [type = ''] = declared.split(';');
  const plain = type.trim().toLowerCase();
  return synonyms.get(plain) ?? plain;
}
