import { expect } from 'vitest';
import { Media, type MediaType, Upload } from '#protocol/media.ts';
import type { Device } from './device.ts';
import type { Member } from './member.ts';

/** Uploads bytes as granted, and returns the response of S3. */
export function put(
  { upload }: Pick<Upload, 'upload'>,
  bytes: Buffer,
  headers: Record<string, string> = upload.headers,
): Promise<Response> {
  return fetch(upload.url, { method: upload.method, headers, body: new Uint8Array(bytes) });
}

export async function grant(person: Member, request: object): Promise<Upload> {
  const { status, body } = await person.call('POST /media/upload', request);
  expect(status, JSON.stringify(body)).toBe(201);
  return Upload.parse(body);
}

export type Where = { readonly conversationId?: string; readonly purpose?: 'avatar'; readonly waveform?: string };

/**
 * Uploads a file, and waits until it is inspected. Returns the event that the device gets, which is the same as `GET
 * /media/{id}`.
 */
export async function upload(
  person: Member,
  device: Device,
  bytes: Buffer,
  contentType: MediaType,
  where: Where,
): Promise<Media> {
  const granted = await grant(person, { contentType, size: bytes.length, ...where });
  expect((await put(granted, bytes)).status).toBe(200);
  const isIt = (event: Device['events'][number]) => event.type === 'media' && event.id === granted.mediaId;
  await device.until((events) => events.some(isIt));
  const { body } = await person.call(`GET /media/${granted.mediaId}`);
  const media = Media.parse(body);
  const { url: _, thumbnailUrl: _t, expiresIn: _e, ...told } = media;
  expect(device.events.findLast(isIt)).toEqual({ type: 'media', ...told });
  return media;
}
