import { note } from './notes-table.mjs';

export const receive = ({ Records: [{ body }] }) => note('received', body);
export const hourly = (event) => note('hourly', event['detail-type']);
