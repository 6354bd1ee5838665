import { heartbeatMs } from '#client/link.ts';
import { prices } from '#lib/prices.ts';
import type { Row } from './rows.ts';

const minutesPerMonth = 30 * 24 * 60;
/** The client moves to a new socket after 90 to 110 minutes, so this is the mean. */
const socketMinutes = 100;

/** Computes what a connected but idle user costs per month, with the page in the background. */
export function idleCost(): Row[] {
  const group = 'Idle user, $ a month, page in the background';
  const beats = minutesPerMonth / (heartbeatMs.hidden / 60_000);
  const parts = {
    'connection minutes': minutesPerMonth * prices.connectionMinute,
    'heartbeats: keepalive, which has no answer': beats * prices.webSocketMessage,
    'new sockets: connect and disconnect': (minutesPerMonth / socketMinutes) * 2 * prices.writeUnit,
  };
  const total = Object.values(parts).reduce((sum, part) => sum + part);
  return [
    ...Object.entries(parts).map(([name, value]) => ({ group, name, value, unit: '$' })),
    { group, name: 'total', value: total, unit: '$', budget: 0.016 },
  ];
}
