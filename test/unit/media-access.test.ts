import { expect, test } from 'vitest';
import type { Conversation } from '#core/conversations/conversation.ts';
import { type GrantPorts, grantUpload } from '#core/media/grant.ts';
import type { Media } from '#core/media/media.ts';
import { type SeePorts, seeMedia } from '#core/media/see.ts';
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

test('a file for a conversation is uploaded by its members', async () => {
  const added: string[] = [];
  const upload = async (ownerId: string, room: Conversation | undefined) => {
    const ports: GrantPorts = {
      store: { count: async () => ({ ok: undefined }), add: async ({ id }) => void added.push(id) },
      load: async () => room,
      presign: async () => ({ method: 'PUT', url: 'https://media.example', headers: {} }),
      newId: () => ownerId,
    };
    return grantUpload(ports, ownerId, { contentType: 'image/png', size: 1, conversationId: 'room' }, 0);
  };
  const room = conversationOf({ ann: {} });
  expect(await upload('ann', room)).toHaveProperty('ok');
  expect(await upload('eve', room)).toMatchObject({ error: { code: 'forbidden' } });
  expect(await upload('ann', undefined)).toMatchObject({ error: { code: 'not_found' } });
  expect(added).toEqual(['ann']);
});
