import { put } from './parcels.ts';

export async function handler(event: { beat: string }): Promise<void> {
  await put(`patrol-${event.beat}`, 'walked');
}
