import { call } from './aws.mjs';
import { note } from './notes-table.mjs';

export const write = ({ id, amount }) => note(id, String(amount));

/** Tells of orders, and not of what is noted of them. */
export async function tell({ Records }) {
  const orders = Records.map(({ dynamodb }) => dynamodb.NewImage).filter(({ id }) => id.S.startsWith('order'));
  const Entries = orders.map(({ id, value }) => ({
    EventBusName: process.env.BUS,
    Source: 'shop',
    DetailType: 'ordered',
    Detail: JSON.stringify({ id: id.S, amount: Number(value.S) }),
  }));
  if (Entries.length) await call('events', 'AWSEvents.PutEvents', { Entries });
}

export async function large({ Records: [{ body }] }) {
  await note(`large ${JSON.parse(body).id}`);
}
