import { greeting } from 'greeting';
import { find } from './notes-table.mjs';

export const page = async ({ rawPath }) => ({ statusCode: 200, body: `${greeting} ${rawPath} ${await find('seed')}` });
