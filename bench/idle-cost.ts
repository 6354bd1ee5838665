import { heartbeatMs } from '#client/link.ts';
import type { Row } from './rows.ts';

/** Prices per unit in us-east-1, in dollars ("Amazon API Gateway pricing", "Amazon DynamoDB pricing"). */
const price = { connectionMinute: 0.25e-6, message: 1e-6, writeUnit: 0.625e-6 };
const minutesPerMonth = 30 * 24 * 60;
/** The client moves to a new socket after 90 to 110 minutes, so this is the mean. */
const socketMinutes = 100;

/** Computes what a connected but idle user costs per month, with the page in the background. */
export function idleCost(): Row[] {
  const group = 'Idle user, $ a month, page in the background';
  const beats = minutesPerMonth / (heartbeatMs.hidden / 60_000);
  const parts = {
    'connection minutes': minutesPerMonth * price.connectionMinute,
    'heartbeats: keepalive, which has no answer': beats * price.message,
    'new sockets: connect and disconnect': (minutesPerMonth / socketMinutes) * 2 * price.writeUnit,
  };
  const total = Object.values(parts).reduce((sum, part) => sum + part);
  return [
    ...Object.entries(parts).map(([name, value]) => ({ group, name, value, unit: '$' })),
    { group, name: 'total', value: total, unit: '$', budget: 0.016 },
  ];
}
