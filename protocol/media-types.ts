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
} as const;

export type MediaType = keyof typeof mediaTypes;

/** Whether a file is a picture; others are films. Also of types that this version doesn't know. */
export function isImage(contentType: string): boolean {
  return contentType.startsWith('image/');
}

export function isMediaType(type: string): type is MediaType {
  return Object.hasOwn(mediaTypes, type);
}
