import { beforeEach, describe, expect, test } from 'vitest';
import type { Conversation } from '#core/conversations/conversation.ts';
import { type GrantPorts, grantUpload } from '#core/media/grant.ts';
import type { Media } from '#core/media/media.ts';
import { type SeePorts, seeMedia } from '#core/media/see.ts';
import type { RequestUpload } from '#protocol/media.ts';
import { conversationOf } from '#test/helpers/delivery.ts';

const file: Media = {
  id: 'file',
  ownerId: 'ann',
  conversationId: 'elsewhere',
  status: 'ready',
  contentType: 'image/png',
  size: 1,
  uses: 1,
};

/** A file that the message at 5 of a room has. */
const seen = async (userId: string, room: Conversation, media: Media = file) => {
  const uses = [{ conversationId: 'room', seq: 5 }];
  const ports: SeePorts = {
    store: { withUses: async () => ({ media, uses }) },
    conversations: { loadAll: async () => [room] },
  };
  return seeMedia(ports, userId, 'file');
};

test('a file is seen by its owner, and by those who see a message that has it', async () => {
  const room = conversationOf({ ben: { joinedSeq: 4 }, late: { joinedSeq: 5 } });
  expect(await seen('ann', room)).toEqual({ ok: file });
  expect(await seen('ben', room)).toEqual({ ok: file });
  for (const other of ['late', 'eve']) expect(await seen(other, room)).toMatchObject({ error: { code: 'forbidden' } });
  expect(await seen('late', { ...room, history: 'all' })).toEqual({ ok: file });
});

describe('a grant', () => {
  const added: Media[] = [];
  let counted = 0;
  const granted = (ownerId: string, room: Conversation | undefined, request: Partial<RequestUpload> = {}) => {
    const ports: GrantPorts = {
      store: {
        count: async (_, bytes) => {
          counted = bytes;
          return { ok: undefined };
        },
        add: async (media) => void added.push(media),
      },
      load: async () => room,
      presign: async ({ key, contentType, size }, seconds) => ({
        method: 'PUT',
        url: `https://media.example/${key}?${size}&${seconds}`,
        headers: { 'content-type': contentType },
      }),
      newId: () => ownerId,
    };
    return grantUpload(ports, ownerId, { contentType: 'image/png', size: 1, conversationId: 'room', ...request }, 0);
  };
  const room = conversationOf({ ann: {} });
  beforeEach(() => added.splice(0));

  test('for a conversation is for its members', async () => {
    expect(await granted('ann', room)).toHaveProperty('ok');
    expect(await granted('eve', room)).toMatchObject({ error: { code: 'forbidden' } });
    expect(await granted('ann', undefined)).toMatchObject({ error: { code: 'not_found' } });
    expect(added.map(({ id }) => id)).toEqual(['ann']);
  });

  test('for a video with a thumbnail has two requests for the same time, and counts the bytes of both', async () => {
    const thumbnail = { contentType: 'image/jpeg', size: 20 } as const;
    const answer = await granted('ann', room, { contentType: 'video/mp4', size: 1_000, thumbnail });
    expect(answer).toMatchObject({
      ok: {
        upload: { url: 'https://media.example/uploads/ann?1000&300', headers: { 'content-type': 'video/mp4' } },
        thumbnail: {
          url: 'https://media.example/uploaded-thumbnails/ann?20&300',
          headers: { 'content-type': 'image/jpeg' },
        },
        expiresIn: 300,
      },
    });
    expect(counted).toBe(1_020);
    expect(added).toMatchObject([{ contentType: 'video/mp4', size: 1_000, thumbnailSize: 20 }]);
  });

  test('without a thumbnail is what it was before there were any', async () => {
    const answer = await granted('ann', room, { contentType: 'video/mp4', size: 1_000 });
    expect('ok' in answer && Object.keys(answer.ok)).toEqual(['mediaId', 'upload', 'expiresIn']);
    expect(counted).toBe(1_000);
  });
});
