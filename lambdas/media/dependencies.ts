import { v7 } from 'uuid';
import { createClient } from '#adapters/dynamo/client.ts';
import { createMedia } from '#adapters/dynamo/media/media.ts';
import { createConversations } from '#adapters/dynamo/messages/conversations.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { createAddresses } from '#adapters/media/addresses.ts';
import { createUploads } from '#adapters/s3/uploads.ts';
import { createKeyText } from '#adapters/secrets/key-text.ts';
import type { GrantPorts } from '#core/media/grant.ts';
import type { SeePorts } from '#core/media/see.ts';
import { setting } from '#lambdas/kit/environment.ts';

const client = createClient();
const conversations = createConversations(client, createTable(client, setting('MESSAGES_TABLE')));
const store = createMedia(client, createTable(client, setting('MEDIA_TABLE')));

export const grantPorts: GrantPorts = {
  store,
  load: conversations.load,
  presign: createUploads(setting('MEDIA_BUCKET')),
  newId: v7,
};

export const seePorts: SeePorts = { store, conversations };

export const addressesOf = createAddresses({
  base: setting('MEDIA_URL'),
  keyPairId: setting('MEDIA_KEY_ID'),
  privateKey: createKeyText(setting('MEDIA_KEY_PARAMETER')),
});
